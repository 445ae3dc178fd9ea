import { TARGETS } from '../../compile/targets.js';
import { boardTable } from '../../workflow/board-table.js';
import { describedByModel } from '../../workflow/compile.js';
import { takesDigits, type CompiledFile } from '../../workflow/index.js';
import { asPath, commandLine, option } from '../command-line.js';
import type { FormFlags } from '../form.js';
import type { Terminal } from '../terminal.js';
import { describeComparison } from './comparison.js';
import { circuitTable, estimateTable, foldedTable, foldingTable, operationsTable, passTable } from './describe.js';

/** Where a model was compiled to, and how it was asked for. */
export type CompileRequest = Pick<FormFlags, 'form' | 'target'> & {
  readonly modelFile: string;
  readonly output: string;
  readonly data?: string;
  readonly boards?: string;
};

/** Says what a model was compiled to, and what may be done with it. */
export function printCompiled(terminal: Terminal, compiled: CompiledFile, request: CompileRequest): void {
  const { bitstream, bytes, built, report, estimate: size, operations, comparison } = compiled;
  const { circuit } = built;
  const target = request.target === undefined ? undefined : TARGETS[request.target];
  if (built.form === 'folded') {
    terminal.say(foldingTable(built.circuit));
    terminal.say(foldedTable(report, built.estimate, target ?? TARGETS.lut4));
  } else {
    if (built.passes.length > 0) terminal.say(`passes\n${passTable(built.passes)}\nthe circuit`);
    terminal.say(circuitTable(report));
    if (target !== undefined && size !== undefined)
      terminal.say(`on ${target.title}\n${estimateTable(size, target, circuit.timing.initiationInterval)}`);
  }
  terminal.say(boardTable(bitstream, bytes.length, request.boards));
  for (const line of describeComparison(comparison)) terminal.say(line);
  terminal.say(`an inference computes\n${operationsTable(operations)}`);
  terminal.say(`wrote ${request.output}`);
  terminal.say(`next: ${nextLine(compiled, request)}`);
  const folding = built.form === 'folded' ? { folding: built.circuit.folding } : {};
  terminal.result({ ...report, ...folding, estimate: size, operations, comparison, output: request.output });
}

/** Returns what may be run next, with the data and the model that it needs. */
function nextLine({ model, built }: CompiledFile, { form, modelFile, output, data }: CompileRequest): string {
  const isFolded = form === 'auto' && built.form === 'folded';
  const words = isFolded
    ? ['run', asPath(output), '--board', 'rp2040']
    : ['simulate', asPath(output), ...option('--form', form === 'auto' ? undefined : form)];
  const folder = data ?? (takesDigits(describedByModel(model)) ? undefined : 'DIR');
  const needs = [...option('--data', folder && asPath(folder)), ...(isFolded ? [] : ['--model', asPath(modelFile)])];
  const flash = commandLine(['adiabit', 'flash', asPath(output), '--port', 'PORT']);
  return `${commandLine(['adiabit', ...words, ...needs])}, then ${flash}`;
}
