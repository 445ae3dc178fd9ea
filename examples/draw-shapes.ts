/**
 * Draws a folder of pictures to train on: `shapes/circle`, `shapes/cross` and `shapes/square`, 16 x 16 pixels each.
 *
 *   npx tsx examples/draw-shapes.ts shapes
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { Random } from '@adiabit/sdk/train';

const side = 16;
const perClass = 120;

/** Whether a pixel, at this distance from the centre, is of the shape. */
const shapes: Readonly<Record<string, (right: number, down: number, size: number) => boolean>> = {
  circle: (right, down, size) => Math.abs(Math.hypot(right, down) - size) < 1.5,
  cross: (right, down, size) =>
    Math.min(Math.abs(right), Math.abs(down)) < 1.5 && Math.max(Math.abs(right), Math.abs(down)) <= size,
  square: (right, down, size) => Math.abs(Math.max(Math.abs(right), Math.abs(down)) - size) < 1.5,
};

const [folder = 'shapes'] = process.argv.slice(2);
const random = Random.fromSeed(1, 'shapes');
for (const [name, contains] of Object.entries(shapes)) {
  await mkdir(join(folder, name), { recursive: true });
  for (let index = 0; index < perClass; index++) {
    const [right, down, size] = [random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(4, 6)];
    const data = Uint8Array.from({ length: side * side }, (_, pixel) => {
      const isInside = contains((pixel % side) - 7.5 - right, Math.floor(pixel / side) - 7.5 - down, size);
      return (isInside ? 200 : 10) + random.uniform(0, 50);
    });
    const png = encode({ width: side, height: side, channels: 1, depth: 8, data });
    await writeFile(join(folder, name, `${String(index).padStart(3, '0')}.png`), png);
  }
}
