import { stagesChart } from '../charts/stages.js';
import type { CompileReport } from '../../compile/compile.js';
import type { Summary } from '../summary.js';
import { html, type Html } from '../html.js';
import { bytes, count, percent, plural, seconds, withUnit } from '../numbers.js';
import { figuresTable } from '../table.js';

/** Shows the circuit in the simulator. */
export const simulatorSection = (
  simulator: NonNullable<Summary['simulator']>,
  { timing }: Pick<CompileReport, 'timing'>,
): Html => html`
  <section aria-labelledby="simulator">
    <h2 id="simulator">Simulator</h2>
    ${figuresTable('The test set on the circuit that the bitstream describes', [
      { name: 'Engine', value: simulator.engine },
      { name: 'Inferences', value: count(simulator.inferences) },
      { name: 'Speed', value: `${plural(simulator.inferencesPerSecond, 'inference')} a second` },
      {
        name: 'At once',
        value: plural(simulator.lanes, 'inference'),
        note: 'copies of the circuit that share a simulated cycle, each with an input of its own',
      },
      {
        name: 'Simulated cycles',
        value: count(simulator.cycles),
        note: `${plural(Math.ceil(simulator.inferences / simulator.lanes), 'group')} of inputs, one every ${plural(timing.initiationInterval, 'cycle')}; each inference takes ${count(timing.latency)}`,
      },
    ])}
  </section>
`;

/** Shows the circuit on the device, and the line it came over. */
export const deviceSection = (device: NonNullable<Summary['device']>): Html => html`
  <section aria-labelledby="device">
    <h2 id="device">Device</h2>
    ${figuresTable('The bitstream streamed to a board that then classifies', [
      { name: 'Board', value: device.isEmulated ? `${device.board}, emulated` : device.board },
      { name: 'Line', value: withUnit(count(device.baudRate), 'baud') },
      { name: 'Streamed', value: bytes(device.streamedBytes) },
      { name: 'Streaming speed', value: `${plural(device.streamedBytesPerSecond, 'byte')} a second` },
      { name: 'Share of the line rate', value: percent(device.lineRateShare, 1) },
      { name: 'Inferences', value: count(device.inferences) },
      { name: 'Right', value: count(device.correct) },
      { name: 'Processor cycles per inference', value: count(device.cyclesPerInference) },
    ])}
  </section>
`;

/** Shows where the run's time went. */
export const stagesFigure = ({ seconds: times }: Summary): Html => html`
  <figure>
    <figcaption>
      <h2>Time</h2>
      <p>${seconds(times.total)} from the first stage to this page.</p>
    </figcaption>
    ${stagesChart(times)}
  </figure>
`;
