import { Command } from 'commander';
import { EXIT_CODES } from '@adiabit/simulator/errors';
import { visibleLines } from '@adiabit/simulator/text';
import type { Shower } from './terminal.js';
import { wrapLines } from '../text/wrap.js';
import { VERSION } from '../version.js';
import { buildCommand } from './commands/build.js';
import { checkBoardCommand } from './commands/check-board.js';
import { compileCommand } from './commands/compile.js';
import { completeCommand, completionCommand } from './commands/completion.js';
import { coverageCommand } from './commands/coverage.js';
import { demoCommand } from './commands/demo.js';
import { devicesCommand } from './commands/devices.js';
import { doctorCommand } from './commands/doctor.js';
import { diffCommand } from './commands/diff.js';
import { explainCommand } from './commands/explain.js';
import { usageText } from './failure.js';
import { exportCommand } from './commands/export.js';
import { faultsCommand } from './commands/faults.js';
import { firmwareCommand } from './commands/firmware.js';
import { flashCommand } from './commands/flash.js';
import { importCommand } from './commands/import.js';
import { buildBoardCommand, newBoardCommand } from './commands/new-board.js';
import { mcpCommand } from './commands/mcp.js';
import { recordCommand } from './commands/record.js';
import { reproduceCommand } from './commands/reproduce.js';
import { parityCommand } from './commands/parity.js';
import { recipeCommand } from './commands/recipe.js';
import { runCommand } from './commands/run.js';
import { initCommand } from './commands/init.js';
import { keyCommand } from './commands/key/index.js';
import { signCommand } from './commands/sign.js';
import { simulateCommand } from './commands/simulate.js';
import { studioCommand } from './commands/studio.js';
import { summaryCommand } from './commands/summary.js';
import { sweepCommand } from './commands/sweep.js';
import { trainCommand } from './commands/train.js';
import { verifyCommand } from './commands/verify.js';
import { workerCommand } from './commands/worker.js';

const USUAL_COLUMNS = 80;

/** Returns the columns of what shows a stream; a pipe has none of its own, and some terminals say 0. */
const columnsOf = ({ columns = 0 }: Pick<Shower, 'columns'>): number => (columns > 0 ? columns : USUAL_COLUMNS);

/**
 * Makes the adiabit command. Errors are thrown, never exits: `main` decides what they mean.
 * @param columns that help may take
 */
export function createProgram(columns = columnsOf(process.stdout)): Command {
  const program = new Command('adiabit')
    .description('Train a neural network down to single bits, prove the circuit, put it on the board.')
    .version(VERSION)
    .addHelpText(
      'after',
      `
The path, step by step:
  adiabit train --recipe mnist-both --out out/digits
  adiabit compile out/digits/mnist-both.model.json
  adiabit simulate out/digits/mnist-both.abit
  adiabit flash out/digits/mnist-both.abit --port virtual:rp2040
  adiabit run out/digits/mnist-both.abit --port virtual:rp2040
or all of it at once: adiabit demo
A network with a config of its own (adiabit recipe mnist-demo > adiabit.config.ts): adiabit build

Exit codes: 0 done, ${EXIT_CODES.failure} failed and said why, ${EXIT_CODES.usage} wrong usage, ${EXIT_CODES.cancelled} cancelled.`,
    );
  for (const command of [
    demoCommand(),
    recordCommand(),
    trainCommand(),
    initCommand(),
    buildCommand(),
    recipeCommand(),
    summaryCommand(),
    reproduceCommand(),
    sweepCommand(),
    workerCommand(),
    compileCommand(),
    simulateCommand(),
    diffCommand(),
    coverageCommand(),
    explainCommand(),
    faultsCommand(),
    exportCommand(),
    importCommand(),
    keyCommand(),
    signCommand(),
    verifyCommand(),
    devicesCommand(),
    firmwareCommand(),
    flashCommand(),
    runCommand(),
    parityCommand(),
    newBoardCommand(),
    buildBoardCommand(),
    checkBoardCommand(),
    studioCommand(),
    mcpCommand(),
    doctorCommand(),
    completionCommand(),
  ]) {
    program.addCommand(command);
  }
  program.addCommand(completeCommand(program), { hidden: true });
  const subcommands = program.commands.flatMap(({ commands }) => commands);
  for (const command of [program, ...program.commands, ...subcommands]) {
    const writeErr = (text: string): void => void process.stderr.write(visibleLines(text));
    const writeOut = (text: string): void => void process.stdout.write(wrapLines(text, columns));
    const getOutHelpWidth = (): number => columns;
    command.configureOutput({
      writeOut,
      writeErr,
      getOutHelpWidth,
      outputError: (text, write) => write(usageText(text)),
    });
    command.exitOverride().showHelpAfterError('(add --help to see what it takes)');
  }
  return program;
}
