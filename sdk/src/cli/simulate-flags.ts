import type { CircuitFormChoice } from '../compile/circuit-of.js';
import type { EngineName } from '../workflow/simulators.js';
import type { ExampleFlags } from './form.js';

export interface SimulateFlags extends Omit<ExampleFlags, 'form'> {
  readonly model?: string;
  readonly form: CircuitFormChoice | 'scan';
  readonly limit?: number;
  readonly engine: EngineName;
  readonly threads: number;
  readonly vcd?: string;
  readonly raw?: string;
  readonly index: number;
}

/** Says which options do not go together; undefined if all do. */
export function whyRefused({ form, vcd, raw, threads, engine }: SimulateFlags): string | undefined {
  if (threads > 1 && (engine === 'reference' || form === 'scan'))
    return '--threads belongs to --engine compiled, and not to --form scan';
  if (vcd !== undefined && form === 'scan')
    return '--vcd draws the configured circuit, not its loading: leave --form scan out';
  if (vcd !== undefined && raw !== undefined) return '--vcd shows a test example: leave --raw out';
  return undefined;
}
