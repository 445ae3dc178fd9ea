import { join } from 'node:path';
import { bytes, count, duration, percent } from '../../text/format.js';
import { STAGES, type Stage, type Summary } from '../../workflow/index.js';
import { styled, type Piece, type Terminal } from '../terminal.js';
import { cyclesText } from './describe.js';
import { failOnMismatch } from './witness.js';

const TITLES: Readonly<Record<Stage, string>> = {
  load: 'Load the data',
  train: 'Train, raising the sharpness until all is sign and step',
  freeze: 'Freeze to exact integers',
  compile: 'Compile to a circuit and its bitstream',
  simulate: 'Simulate the test set on the circuit, cycle by cycle',
  device: 'Stream to the board and classify there',
  report: 'Write the report',
};

/** Says which stage begins. */
export const sayStage =
  (terminal: Terminal) =>
  (stage: Stage): void =>
    terminal.say(styled('bold', `${STAGES.indexOf(stage) + 1}/${STAGES.length} ${TITLES[stage]}`));

/** Says how the whole path ended. */
export function printConclusion(terminal: Terminal, summary: Summary, out: string): void {
  for (const line of conclusion(summary, out)) terminal.say(...line);
  terminal.result(summary);
  failOnMismatch(summary.witnesses);
}

function* conclusion(summary: Summary, out: string): Generator<readonly Piece[]> {
  const { circuit, simulator, device, witnesses, seconds, notFrozen } = summary;
  yield [''];
  yield [`test accuracy    ${accuracyText(summary)}`];
  if (notFrozen !== undefined) yield [`circuit          none: ${notFrozen}`];
  if (circuit !== undefined)
    yield [`circuit          ${bytes(circuit.bitstreamBytes)} of bitstream; cycles: ${cyclesText(circuit.timing)}`];
  if (simulator !== undefined)
    yield [
      `simulator        ${count(simulator.inferencesPerSecond)} inferences/s, ${simulator.lanes} at once, ${simulator.engine}`,
    ];
  if (device !== undefined) yield* deviceLines(device);
  for (const { name, against, vectors, mismatches } of witnesses) {
    const agreed = mismatches === 0;
    const verdict = agreed ? styled('green', 'agrees') : styled('red', `DIFFERS on ${mismatches}`);
    yield [`witness          ${name}: `, verdict, `, ${count(vectors)} vectors (against ${against})`];
  }
  const stages = STAGES.map((stage) => `${stage} ${duration(seconds[stage] ?? 0)}`).join(', ');
  yield [`time             ${stages}; total ${duration(seconds.total)}`];
  yield [`report           ${join(out, 'report.html')}`];
}

function accuracyText({ accuracy: { frozen, hard, soft } }: Summary): string {
  if (frozen === undefined) return `${percent(hard)} hard, ${percent(soft)} soft`;
  return `${percent(frozen)} in exact integers (${percent(hard)} hard, ${percent(soft)} soft)`;
}

function* deviceLines(device: NonNullable<Summary['device']>): Generator<readonly Piece[]> {
  const { board, isEmulated, cyclesPerInference, correct, inferences, streamedBytesPerSecond, lineRateShare } = device;
  const name = `${board}${isEmulated ? ', emulated' : ''}`;
  yield [
    `board            ${name}: ${count(cyclesPerInference)} cycles per inference, ${correct} of ${inferences} right`,
  ];
  yield [`serial link      ${count(streamedBytesPerSecond)} bytes/s, ${percent(lineRateShare)} of the line rate`];
}
