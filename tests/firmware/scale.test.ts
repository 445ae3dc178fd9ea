import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  MAX_SCALE_MULTIPLIER,
  MAX_SCALE_SHIFT,
  scaledByte,
  scaledBytes,
  type ValueScale,
} from '@adiabit/simulator/network';
import { Random } from '@adiabit/simulator/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/host-device.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('gcc');
const core = fileURLToPath(new URL('../../firmware-templates/core', import.meta.url));
const STRICT = ['-std=c99', '-pedantic', '-Wall', '-Wextra', '-Werror', '-Wconversion', '-Wsign-conversion', '-O1'];
const SANITIZERS = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** Reads scales and values, four words each, and writes the bytes; then those of all values with the last three scales. */
const program = `#include "adiabit_scale.h"
#include <stdio.h>
int main(void) {
  int32_t record[4];
  int32_t values[7];
  adiabit_scale_t scales[3];
  uint32_t count = 0;
  while (fread(record, sizeof record, 1, stdin) == 1) {
    const adiabit_scale_t scale = {record[0], record[1], (uint8_t)record[2]};
    scales[count % 3u] = scale;
    values[count % 7u] = record[3];
    count++;
    putchar(adiabit_scale_value(&scale, record[3]));
  }
  uint8_t bytes[7];
  adiabit_scale_values(scales, 3, values, 7, bytes);
  fwrite(bytes, 1, sizeof bytes, stdout);
  return 0;
}
`;

describe.skipIf(missing.length > 0)(titled('the scaling of the firmware', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.dispose());

  it('gives the bytes that training gives, for scales and values at random and at their limits', () => {
    const random = Random.fromSeed(5, 'scales');
    const ends = [-(2 ** 31), -1, 0, 1, 2 ** 31 - 1];
    const int32 = (): number => (random.below(4) === 0 ? ends[random.below(5)] : random.below(2 ** 32) - 2 ** 31);
    const multiplier = (): number =>
      random.below(4) === 0 ? [1, MAX_SCALE_MULTIPLIER][random.below(2)] : 1 + random.below(MAX_SCALE_MULTIPLIER);
    const scale = (): ValueScale => ({
      offset: int32(),
      multiplier: multiplier(),
      shift: random.below(MAX_SCALE_SHIFT + 1),
    });
    // A multiple of the three scales and the seven values that the program keeps.
    const cases = Array.from({ length: 21_000 }, () => ({ scale: scale(), value: int32() }));
    const input = Int32Array.from(
      cases.flatMap(({ scale: { offset, multiplier, shift }, value }) => [offset, multiplier, shift, value]),
    );
    const source = join(folder.path, 'scale.c');
    const binary = join(folder.path, 'scale');
    writeFileSync(source, program);
    const options = [...STRICT, ...SANITIZERS, `-I${core}`, '-o', binary, source, join(core, 'adiabit_scale.c')];
    expect(spawnSync('gcc', options, { encoding: 'utf8' }).stderr).toBe('');
    const { status, stdout, stderr } = spawnSync(binary, { input: Buffer.from(input.buffer), maxBuffer: 1 << 24 });
    expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
    const expected = cases.map(({ scale, value }) => scaledByte(scale, value));
    const last = scaledBytes(
      cases.slice(-3).map((one) => one.scale),
      cases.slice(-7).map((one) => one.value),
    );
    expect([...stdout]).toEqual([...expected, ...last]);
    expect(new Set(expected).size).toBeGreaterThan(200);
  });
});
