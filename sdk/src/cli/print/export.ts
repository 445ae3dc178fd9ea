import { bytes } from '../../text/format.js';
import type { Exported } from '../../workflow/index.js';
import { asPath, commandLine } from '../command-line.js';
import type { Terminal } from '../terminal.js';

/** Says what was written, and how it is checked. */
export function printExport(
  terminal: Terminal,
  exported: Exported,
  output: string,
  testbench: string | undefined,
): void {
  const { format, bytes: size, goldenVectors } = exported;
  const isC = exported.format === 'c';
  const isArray = exported.format === 'flash-c';
  const called = isC ? exported.infer : isArray ? `the array ${exported.array}` : '';
  const also = isC || isArray ? `, and ${exported.header}: ${called}, ${bytes(exported.workBytes)} of work memory` : '';
  terminal.say(`wrote ${output}, ${bytes(size)}${also}`);
  if (testbench !== undefined) {
    terminal.say(`wrote ${testbench}, ${goldenVectors} golden vectors`);
    const [program, check] = isC ? ['check', './check'] : ['bench', 'vvp -N bench'];
    const compiler = isC ? ['cc', '-std=c99', '-O2'] : ['iverilog', '-g2012'];
    const build = commandLine([...compiler, '-o', program, asPath(output), asPath(testbench)]);
    terminal.say(`next: ${build} && ${check}`);
  }
  const more = isC || isArray ? { header: exported.header, workBytes: exported.workBytes } : {};
  terminal.result({ output, ...more, bytes: size, format, testbench });
}
