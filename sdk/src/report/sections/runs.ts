import { stagesChart } from '../charts/stages.js';
import type { Summary } from '../../demo/summary.js';
import { html, type Html } from '../html.js';
import { bytes, count, percent, plural, seconds, withUnit } from '../numbers.js';
import { figuresTable } from '../table.js';

/** The circuit in the simulator and on the device. */
export const runsSection = ({ simulator, device }: Summary): Html => html`
  <section aria-labelledby="runs">
    <h2 id="runs">Simulator and device</h2>
    <div class="columns">
      ${figuresTable('Simulator', [
        { name: 'Engine', value: simulator.engine },
        { name: 'Inferences', value: count(simulator.inferences) },
        { name: 'Speed', value: `${plural(simulator.inferencesPerSecond, 'inference')} a second` },
        { name: 'Simulated time', value: plural(simulator.cycles, 'cycle') },
      ])}
      ${figuresTable('Device', [
        { name: 'Board', value: device.board },
        { name: 'Line', value: withUnit(count(device.baudRate), 'baud') },
        { name: 'Streamed', value: bytes(device.streamedBytes) },
        {
          name: 'Streaming speed',
          value: `${plural(device.streamedBytesPerSecond, 'byte')} a second`,
          note: `${percent(device.lineRateShare, 1)} of the line rate`,
        },
        { name: 'Inferences', value: count(device.inferences) },
        { name: 'Right', value: count(device.correct) },
        { name: 'Processor cycles per inference', value: count(device.cyclesPerInference) },
      ])}
    </div>
  </section>
`;

/** Where the run's time went. */
export const stagesFigure = ({ seconds: times }: Summary): Html => html`
  <figure>
    <figcaption>
      <h2>Time</h2>
      <p>${seconds(times.total)} from the first stage to this page.</p>
    </figcaption>
    ${stagesChart(times)}
  </figure>
`;
