import { Option } from 'commander';
import { FORMS } from '../compile/passes/index.js';

/** Which form of the circuit a command works on. */
export const formOption = (): Option =>
  new Option('--form <name>', 'configurable: weights in configuration cells; specialised: weights built in')
    .choices(FORMS)
    .default('configurable');
