import { Option, type Command } from 'commander';
import type { TreeShape } from '@adiabit/simulator/circuit';
import { CIRCUIT_FORMS, type CircuitFormChoice, type CircuitGoals } from '../compile/circuit-of.js';
import { TARGET_NAMES, type TargetName } from '../compile/targets.js';
import { positive } from './parse.js';

/** Counters by the names that their bits have: taken in, given out. */
const COUNTERS: Readonly<Record<string, TreeShape['counter']>> = { '3:2': 3, '6:3': 6, '7:3': 7 };

/** The form of the circuit that a command works on, and how it is built. */
export interface FormFlags {
  readonly form: CircuitFormChoice;
  readonly target?: TargetName;
  readonly maxLuts?: number;
  readonly maxCycles?: number;
  readonly popcount: string;
  readonly registerEvery: number;
  readonly retime?: boolean;
}

/** A command that runs examples on a circuit. */
export interface ExampleFlags extends FormFlags {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** The form that only simulators show. */
export const SCAN = {
  name: 'scan',
  description:
    'weights in registers, in a folded circuit in memories, that the bitstream is shifted into first, a bit a cycle, checked as on a chip',
};

/**
 * Adds the options of the form of a circuit and of what it shall keep to.
 * @param more a form that only this command knows
 */
export const withFormOptions = (
  command: Command,
  more?: { readonly name: string; readonly description: string },
): Command =>
  command
    .addOption(
      new Option(
        '--form <name>',
        'auto: configurable where the network can be unrolled, else folded; configurable: weights in configuration cells; ' +
          'specialised: weights built in; folded: layers that work through memories, for networks of any kind and size' +
          (more === undefined ? '' : `; ${more.name}: ${more.description}`),
      )
        .choices(['auto', ...CIRCUIT_FORMS, ...(more === undefined ? [] : [more.name])])
        .default('auto'),
    )
    .addOption(new Option('--target <chip>', 'the chip it must fit').choices(TARGET_NAMES))
    .option('--max-luts <n>', 'with folded: look-up tables it may take', positive)
    .option('--max-cycles <n>', 'with folded: cycles an inference may take', positive)
    .addOption(
      new Option('--popcount <counter>', 'unrolled: bits that a counter of the popcounts takes, and gives')
        .choices(Object.keys(COUNTERS))
        .default('3:2'),
    )
    .option('--register-every <levels>', 'unrolled: levels of counters between rows of registers', positive, 4)
    .option('--retime', 'unrolled: fewer registers, as far as no path gets longer than the longest');

/** Returns the form and what the circuit shall keep to, as workflows take them. */
export const circuitFlags = <Form>({ form, ...flags }: Omit<FormFlags, 'form'> & { readonly form: Form }) => ({
  form,
  goals: goalsOf(flags),
});

/** Returns what the circuit shall keep to. */
export const goalsOf = ({
  target,
  maxLuts,
  maxCycles,
  popcount,
  registerEvery,
  retime,
}: Omit<FormFlags, 'form'>): CircuitGoals => ({
  ...(target === undefined ? {} : { target }),
  ...(maxLuts === undefined ? {} : { maxLuts }),
  ...(maxCycles === undefined ? {} : { maxCyclesPerInference: maxCycles }),
  tree: { counter: COUNTERS[popcount], levelsPerStage: registerEvery },
  retimes: retime === true,
});
