/**
 * Writes recordings of the synthetic machine, a CSV each, and the data.json that says what they are:
 *
 *   npx tsx examples/vibration/generate.ts vibration [recordings of each class] [seconds] [seed]
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '@adiabit/sdk/train';
import { CONDITIONS, record, SAMPLE_RATE_HZ } from './machine.js';

const [folder = 'vibration', ...numbers] = process.argv.slice(2);
const [recordings = 24, seconds = 4, seed = 1] = numbers.map(Number);

await mkdir(folder, { recursive: true });
for (const condition of CONDITIONS) {
  for (let index = 1; index <= recordings; index++) {
    const random = Random.fromSeed(seed, `${condition} ${index}`);
    const counts = record(condition, Math.round(seconds * SAMPLE_RATE_HZ), random);
    const rows = Array.from({ length: counts.length / 3 }, (_, row) => counts.subarray(3 * row, 3 * row + 3).join(','));
    const name = `${condition}-${String(index).padStart(3, '0')}.csv`;
    await writeFile(join(folder, name), `x,y,z\n${rows.join('\n')}\n`);
  }
}
await copyFile(fileURLToPath(new URL('data.json', import.meta.url)), join(folder, 'data.json'));
console.log(`${CONDITIONS.length * recordings} recordings of ${seconds} s in ${folder}`);
