import { hasCircuit } from '../workflow/export.js';
import type { ExportFormat } from '../workflow/index.js';
import type { FormFlags } from './form.js';

export interface ExportFlags extends FormFlags {
  readonly config?: string;
  readonly format: ExportFormat;
  readonly output?: string;
  readonly name?: string;
  readonly testbench?: string;
  readonly scope?: string;
  readonly cells?: boolean;
  readonly json?: boolean;
}

/** Says which options do not go together; undefined if all do. @param hasForm whether --form was given */
export function whyRefused({ format, testbench, scope, cells }: ExportFlags, hasForm: boolean): string | undefined {
  if (testbench !== undefined && format !== 'verilog' && format !== 'c')
    return '--testbench belongs to --format verilog and --format c';
  if (!hasCircuit(format) && hasForm) return `--form is the form of a circuit; --format ${format} has none`;
  if ((scope !== undefined || cells === true) && format !== 'dot' && format !== 'svg')
    return '--scope and --cells belong to --format dot and --format svg';
  return undefined;
}
