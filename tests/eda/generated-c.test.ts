import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOracle, type Bitstream, type Network } from '@adiabit/simulator';
import { C_CHECK_PASS, cNetworkOf, writeCCheck, writeCHeader, writeCSource } from '@adiabit/simulator/interchange';
import { argmax, planMemory, scaledBytes } from '@adiabit/simulator/network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomInputs, randomLayers, randomLogicNetwork } from '../../simulator/src/network/testing/random-layers.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { pictureNetwork } from '../support/sample-networks.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('gcc');
const STRICT = ['-std=c99', '-pedantic', '-Wall', '-Wextra', '-Werror', '-Wconversion', '-O1'];
const SANITIZERS = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** A network as a bitstream whose golden vectors are the oracle's. */
function bitstreamOf(network: Network, inputs: readonly Uint8Array[], name = 'sample'): Bitstream {
  const oracle = createOracle(network);
  return {
    network,
    memory: planMemory(network),
    goldenVectors: inputs.map((input) => ({ input, outputs: oracle(input).outputs })),
    description: { name, modelDigest: '00', compiler: 'tests' },
  };
}

describe.skipIf(missing.length > 0)(titled('generated C', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.dispose());

  /** Builds the C of a bitstream with every warning an error, and runs its check. */
  function check(bitstream: Bitstream, change: (source: string) => string = (source) => source) {
    const c = cNetworkOf(bitstream);
    const write = (file: string, lines: Iterable<string>): string => {
      writeFileSync(join(folder.path, file), change(`${[...lines].join('\n')}\n`));
      return join(folder.path, file);
    };
    write(`${c.name}.h`, writeCHeader(c));
    const sources = [write(`${c.name}.c`, writeCSource(c)), write('check.c', writeCCheck(c, bitstream.goldenVectors))];
    const program = join(folder.path, 'check');
    const built = spawnSync('gcc', [...STRICT, ...SANITIZERS, '-o', program, ...sources], { encoding: 'utf8' });
    expect(built.stderr).toBe('');
    const { status, stdout, stderr } = spawnSync(program, { encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  it('gives what the oracle gives, in networks of every layer at random', () => {
    const next = repeatableNumbers(91);
    for (let run = 0; run < 25; run++) {
      const network = randomLayers(next);
      const bitstream = bitstreamOf(network, randomInputs(next, network, 20));
      expect({ run, ...check(bitstream) }).toMatchObject({
        run,
        status: 0,
        stdout: `${C_CHECK_PASS}: 20 golden vectors\n`,
        stderr: '',
      });
    }
  });

  it('gives what the oracle gives, in networks of logic at random', () => {
    const next = repeatableNumbers(94);
    for (let run = 0; run < 12; run++) {
      const network = randomLogicNetwork(next, 150);
      const result = check(bitstreamOf(network, randomInputs(next, network, 20)));
      expect({ run, ...result }).toMatchObject({ run, status: 0, stdout: `${C_CHECK_PASS}: 20 golden vectors\n` });
    }
  });

  it('runs a picture network with residual sums, pools and 8-bit layers', () => {
    const next = repeatableNumbers(92);
    const network = pictureNetwork(next);
    const { stdout } = check(bitstreamOf(network, randomInputs(next, network, 30), 'int'));
    expect(stdout).toBe(`${C_CHECK_PASS}: 30 golden vectors\n`);
  });

  it.each([1, 31, 32, 33, 63, 64, 65])(
    'runs dense circuits of width %i, with inputs of one bit and of eight',
    (width) => {
      for (const inputBits of [1, 8]) {
        const { bitstream } = sampleCircuit(repeatableNumbers(width), {
          widths: [width, width, 3],
          inputBits,
          goldenVectors: 8,
        });
        const oracle = createOracle(bitstream.network);
        for (const { input, outputs } of bitstream.goldenVectors) expect(oracle(input).outputs).toEqual(outputs);
        expect(check(bitstream).stdout).toMatch(`${C_CHECK_PASS}: ${bitstream.goldenVectors.length} golden vectors`);
      }
    },
  );

  it('scales raw values as the network was trained, and gives their class', () => {
    const { bitstream } = sampleCircuit(repeatableNumbers(7), { widths: [6, 5, 3], inputBits: 8, goldenVectors: 4 });
    const scales = [
      { offset: -(2 ** 31), multiplier: 2 ** 30, shift: 54 },
      { offset: 40, multiplier: 1, shift: 0 },
      { offset: -5, multiplier: 3, shift: 1 },
    ];
    const channels = scales.map((scale, index) => ({ name: `*/ ${index}`, unit: 'g', countsPerUnit: 16384, scale }));
    const trainedOn = { kind: 'values', shape: [2, 3], channels } as const;
    const scaled = { ...bitstream, description: { ...bitstream.description, trainedOn } };
    const values = [2 ** 31 - 1, 2 ** 31 - 1, -(2 ** 31), 0, 100, 4];
    const input = scaledBytes(scales, values);
    const { outputs } = createOracle(bitstream.network)(input);
    const c = cNetworkOf(scaled);
    const program = `#include "${c.name}.h"
#include <stdio.h>
int main(void) {
  static const int32_t raw[${c.name.toUpperCase()}_RAW_VALUES] = {${values.map((value) => (value === -(2 ** 31) ? '-2147483647 - 1' : value)).join(', ')}};
  uint8_t input[${c.name.toUpperCase()}_INPUT_BYTES];
  uint32_t work[${c.name.toUpperCase()}_WORK_WORDS];
  int32_t outputs[${c.name.toUpperCase()}_OUTPUTS];
  printf("%u", (unsigned)${c.name}_class_of_raw(raw, input, work, outputs));
  for (uint32_t index = 0; index < ${c.name.toUpperCase()}_INPUT_BYTES; index++) printf(" %u", input[index]);
  return 0;
}
`;
    const files = { 'raw.c': program, [`${c.name}.h`]: writeCHeader(c), [`${c.name}.c`]: writeCSource(c) };
    for (const [file, text] of Object.entries(files))
      writeFileSync(join(folder.path, file), typeof text === 'string' ? text : [...text].join('\n'));
    const at = (file: string): string => join(folder.path, file);
    const built = spawnSync('gcc', [...STRICT, ...SANITIZERS, '-o', at('raw'), at('raw.c'), at(`${c.name}.c`)]);
    expect(built.stderr.toString()).toBe('');
    expect(spawnSync(at('raw'), { encoding: 'utf8' }).stdout).toBe([argmax(outputs), ...input].join(' '));
    expect([...input]).toEqual([255, 255, 0, 128, 60, 14]);
  });

  it('finds one flipped bit of a weight, by vector and output', () => {
    const next = repeatableNumbers(93);
    const network = pictureNetwork(next);
    const bitstream = bitstreamOf(network, randomInputs(next, network, 30));
    const flip = (source: string): string =>
      source.replace(/(layer2_weights\[16\]\[3\] = \{\s*\{0x)(.)/, (_, before: string, digit: string) => {
        return before + (Number.parseInt(digit, 16) ^ 8).toString(16);
      });
    const { status, stdout } = check(bitstream, flip);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAIL: vector \d+, output \d: -?\d+ instead of -?\d+\n$/);
  });
});
