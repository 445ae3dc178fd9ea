import { Option, type Command } from 'commander';
import { CIRCUIT_FORMS, type CircuitForm } from '../compile/circuit-of.js';
import type { FoldingGoals } from '../compile/folding/fold.js';
import { TARGET_NAMES, type TargetName } from '../compile/targets.js';
import { positive } from './commands/train.js';

/** Which form of the circuit a command works on, and how far a folded one is unrolled. */
export interface FormFlags {
  readonly form: CircuitForm;
  readonly target?: TargetName;
  readonly maxLuts?: number;
  readonly maxCycles?: number;
}

/** @param more a form that only this command knows */
export const withFormOptions = (
  command: Command,
  more?: { readonly name: string; readonly description: string },
): Command =>
  command
    .addOption(
      new Option(
        '--form <name>',
        'configurable: weights in configuration cells; specialised: weights built in; folded: layers that work through ' +
          'memories, for networks of any kind and size' +
          (more === undefined ? '' : `; ${more.name}: ${more.description}`),
      )
        .choices([...CIRCUIT_FORMS, ...(more === undefined ? [] : [more.name])])
        .default('configurable'),
    )
    .addOption(new Option('--target <chip>', 'the chip it must fit').choices(TARGET_NAMES))
    .option('--max-luts <n>', 'with folded: look-up tables it may take', positive)
    .option('--max-cycles <n>', 'with folded: cycles an inference may take', positive);

/** What a folded circuit shall keep to. */
export const goalsOf = ({ target, maxLuts, maxCycles }: Omit<FormFlags, 'form'>): FoldingGoals => ({
  ...(target === undefined ? {} : { target }),
  ...(maxLuts === undefined ? {} : { maxLuts }),
  ...(maxCycles === undefined ? {} : { maxCyclesPerInference: maxCycles }),
});
