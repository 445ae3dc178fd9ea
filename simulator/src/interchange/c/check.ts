import type { GoldenVector } from '../../bitstream/bitstream.js';
import { packInput } from '../../bitstream/input.js';
import { cHeaderFile, type CNetwork } from './source.js';
import { literal } from './tables.js';

/** The program prints this at its end if every output of every vector is right. */
export const C_CHECK_PASS = 'PASS';

/**
 * Writes a program that runs the generated C on the golden vectors. It exits with 0 and PASS, or with 1 and the first
 * difference.
 */
export function* writeCCheck(
  c: CNetwork,
  goldenVectors: readonly GoldenVector[],
  header = cHeaderFile(c),
): Generator<string> {
  const { name, comment, network, inputBytes, outputs } = c;
  const upper = name.toUpperCase();
  const rows = Math.max(1, goldenVectors.length);
  const { count, bits } = network.input;
  yield `/* ${comment} */`;
  yield `#include "${header}"`;
  yield '';
  yield '#include <inttypes.h>';
  yield '#include <stdio.h>';
  yield '';
  yield `static const uint8_t inputs[${rows}][${inputBytes}] = {`;
  for (const { input } of goldenVectors) yield `    {${packInput(input, count, bits).join(', ')}},`;
  if (goldenVectors.length === 0) yield '    {0},';
  yield '};';
  yield `static const int32_t expected[${rows}][${outputs}] = {`;
  for (const vector of goldenVectors) yield `    {${Array.from(vector.outputs, literal).join(', ')}},`;
  if (goldenVectors.length === 0) yield '    {0},';
  yield '};';
  yield '';
  yield 'int main(void) {';
  yield `  static uint32_t work[${upper}_WORK_WORDS];`;
  yield `  int32_t outputs[${upper}_OUTPUTS];`;
  yield `  const uint32_t vectors = ${goldenVectors.length};`;
  yield '  for (uint32_t vector = 0; vector < vectors; vector++) {';
  yield `    ${name}_infer(inputs[vector], work, outputs);`;
  yield `    for (uint32_t index = 0; index < ${upper}_OUTPUTS; index++) {`;
  yield '      if (outputs[index] == expected[vector][index]) continue;';
  yield '      printf("FAIL: vector %" PRIu32 ", output %" PRIu32 ": %" PRId32 " instead of %" PRId32 "\\n", vector, index,';
  yield '             outputs[index], expected[vector][index]);';
  yield '      return 1;';
  yield '    }';
  yield '  }';
  yield `  printf("${C_CHECK_PASS}: %" PRIu32 " golden vectors\\n", vectors);`;
  yield '  return 0;';
  yield '}';
}
