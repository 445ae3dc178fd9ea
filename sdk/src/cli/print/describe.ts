import type { CircuitTiming, FoldedCircuit } from '@adiabit/simulator/circuit';
import type { CompileReport } from '../../compile/compile.js';
import type { Estimate } from '../../compile/estimate.js';
import type { Operations } from '../../compile/operations.js';
import type { PassReport } from '../../compile/passes/index.js';
import { clockGuessMHz, type Target } from '../../compile/targets.js';
import type { BackendReport, KernelReport } from '../../train/backends/backend.js';
import type { SoftTargets } from '../../train/learning/soft-targets.js';
import type { EpochRecord } from '../../train/trainer.js';
import { bytes, count, duration, percent, table } from '../../text/format.js';

/** Writes one epoch in a line of fewer than 80 columns; a star marks the best hard network so far. */
export function epochLine(record: EpochRecord): string {
  const { epoch, epochs, kWeight, kActivation, learningRate, loss, softAccuracy, hardAccuracy, isBest } = record;
  const sharpness = kWeight === kActivation ? `${kWeight}` : `${kWeight}/${kActivation}`;
  return [
    `  ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    `k ${sharpness.padEnd(4)}`,
    `lr ${learningRate.toExponential(1)}`,
    `loss ${loss.toFixed(3)}`,
    `soft ${percent(softAccuracy).padStart(7)}`,
    `hard ${percent(hardAccuracy).padStart(7)}${isBest ? '*' : ' '}`,
    `${count(record.samplesPerSecond)}/s`,
    duration(record.secondsLeft),
  ].join(' ');
}

/** Tells who wrote the kernels that training calls. */
export function describeKernels({ stock, ours, missing }: KernelReport): string {
  const named = (names: readonly string[]): string => (names.length === 0 ? '' : ` (${names.join(', ')})`);
  const lack = missing.length === 0 ? '' : `; MISSING, layers that need them cannot be trained: ${missing.join(', ')}`;
  return `kernels: ${stock.length} of TensorFlow.js, ${ours.length} of our own${named(ours)}${lack}`;
}

/** Tells which backend trains and with whose kernels, after those that would start but are no good choice. */
export const describeBackend = ({ name, detail, kernels, candidates }: BackendReport): string[] => [
  ...candidates
    .filter(({ outcome }) => outcome === 'refused')
    .map((refused) => `backend ${refused.name} refused: ${refused.detail}`),
  `backend: ${name} (${detail})`,
  `  ${describeKernels(kernels)}`,
];

/** Returns what is learnt besides the labels. */
export const describeSoftTargets = ({ from, temperature, weight }: SoftTargets): string =>
  `targets: ${percent(1 - weight)} labels, ${percent(weight)} outputs of mode ${from} at temperature ${temperature}`;

export const EPOCH_LEGEND =
  '  k: sharpness; lr: learning rate; soft, hard: validation accuracy as trained and as\n' +
  '  deployed (* the best so far is kept); training examples per second; time left';

type Rows = readonly (readonly [name: string, value: string])[];

/** Says how long an inference takes, and how soon the next one may start. */
export const cyclesText = ({
  latency,
  initiationInterval,
}: Pick<CircuitTiming, 'latency' | 'initiationInterval'>): string =>
  `${count(latency)} from an input to its class, a new input every ${initiationInterval === 1 ? 'cycle' : count(initiationInterval)}`;

/** Returns what an unrolled circuit and its bitstream are made of. */
export const circuitTable = (report: CompileReport): string =>
  table([
    ['xnor cells', count(report.xnorCells)],
    ['adder cells', count(report.adderCells)],
    ['comparators', count(report.comparators)],
    ['registers', count(report.registers)],
    ['configuration bits', count(report.configurationBits)],
    ['gates (adder = 5)', count(report.gates)],
    ['logic levels', count(report.levels)],
    ...bitstreamRows(report),
  ]);

/** Returns what a folded circuit takes of a chip, and what its bitstream is. */
export const foldedTable = (report: CompileReport, estimate: Estimate, target: Target): string =>
  table([...estimateRows(estimate, target, report.timing.initiationInterval), ...bitstreamRows(report)]);

const bitstreamRows = ({ timing, bitstreamBytes, digest }: CompileReport): Rows => [
  ['cycles', cyclesText(timing)],
  ['bitstream', bytes(bitstreamBytes)],
  ['digest', digest.slice(0, 32) + '...'],
];

/** Returns what each pass won. */
export const passTable = (passes: readonly PassReport[]): string =>
  table(
    passes.map((pass) => {
      const { registersBefore: before, registersAfter: after } = pass;
      const registers = before === after ? '' : `, registers ${count(before)} -> ${count(after)}`;
      const cells = `cells ${count(pass.cellsBefore)} -> ${count(pass.cellsAfter)}`;
      return [pass.name, `${cells}, gates ${count(pass.gatesBefore)} -> ${count(pass.gatesAfter)}${registers}`];
    }),
  );

/** Returns layer by layer what a folded circuit does at once, and how long. */
export const foldingTable = ({ network, folding, layers }: FoldedCircuit): string =>
  table(
    network.layers.map(({ kind }, index) => {
      const { pe, simd } = folding.layers[index];
      return [`layer ${index}, ${kind}`, `PE ${pe} x SIMD ${simd}, ${count(layers[index].work)} cycles`];
    }),
  );

/** Returns what a circuit takes of a chip, before synthesis has seen it. */
export const estimateTable = (estimate: Estimate, target: Target, inferenceCycles: number): string =>
  table(estimateRows(estimate, target, inferenceCycles));

function estimateRows(estimate: Estimate, target: Target, inferenceCycles: number): Rows {
  const clock = clockGuessMHz(target, estimate.levels);
  const speed = (mhz: number): string => `${count(mhz)} MHz: ${count((mhz * 1e6) / inferenceCycles)} inferences/s`;
  return [
    ['look-up tables', `about ${count(estimate.luts)}`],
    ['registers', count(estimate.registers)],
    ['memory bits', count(estimate.memoryBits)],
    ['levels of tables', count(estimate.levels)],
    ...(clock === undefined ? [] : [['clock, a guess', speed(clock)] as const]),
  ];
}

/** Returns what one inference computes. */
export const operationsTable = (operations: Operations): string =>
  table(
    Object.entries({
      'one-bit products': operations.bitProducts,
      'signed additions': operations.signedAdditions,
      '8-bit products': operations.multiplications,
      'pooling steps': operations.poolings,
      activations: operations.activations,
      'tables of logic': operations.lookUps,
      'weight bits': operations.weightBits,
    })
      .filter(([, value]) => value > 0)
      .map(([name, value]) => [name, count(value)] as const),
  );
