import { expect, test } from 'vitest';
import { centred, scaled, type Grey } from './raster.js';

/** A drawing of 280 x 280 with a box of ink. */
function box(left: number, top: number, width: number, height: number): Grey {
  const values = new Uint8Array(280 * 280);
  for (let row = top; row < top + height; row++) values.fill(255, row * 280 + left, row * 280 + left + width);
  return { width: 280, height: 280, values };
}

/** The rows and columns that have ink. */
function extent(values: Uint8Array): { rows: number[]; columns: number[] } {
  const inked = [...values.keys()].filter((at) => values[at] > 0);
  const span = (places: readonly number[]) => [Math.min(...places), Math.max(...places)];
  return { rows: span(inked.map((at) => Math.floor(at / 28))), columns: span(inked.map((at) => at % 28)) };
}

test('a drawing is scaled by averaging: ink that covers half of a pixel is grey', () => {
  const picture = scaled(box(10, 20, 5, 10), 28, 28);
  expect(picture[2 * 28 + 1]).toBe(128);
  expect(picture.filter((value) => value > 0)).toHaveLength(1);
});

test('a small digit in a corner is placed as in MNIST: 20 pixels high, its centre of mass in the middle', () => {
  const { rows, columns } = extent(centred(box(20, 30, 10, 40), 28, 28));
  expect(rows).toEqual([4, 23]);
  expect(columns[0] + columns[1]).toBe(27);
});

test('the same drawing anywhere on the pad is the same digit', () => {
  expect(centred(box(100, 100, 60, 90), 28, 28)).toEqual(centred(box(7, 180, 60, 90), 28, 28));
});

test('a drawing without ink is black', () => {
  expect(centred(box(0, 0, 0, 0), 28, 28)).toEqual(new Uint8Array(784));
});
