import { describe, expect, it } from 'vitest';
import { drawTile, tileShape, weightAt } from './weight-picture.js';

const colours = { plus: 1, minus: 2, gap: 3, grey: (weight: number) => 1000 + weight };

describe('pictures of weights', () => {
  it('show a row of a dense layer as the picture that the input is', () => {
    const facts = { form: 'binary', rows: 1, columns: 6, tile: [2, 3, 1] } as const;
    const bytes = Uint8Array.of(0b101001);
    const shape = tileShape(facts.tile);
    expect([shape.width, shape.height]).toEqual([3, 2]);
    expect([...drawTile(facts, bytes, 0, shape, colours)]).toEqual([1, 2, 2, 1, 2, 1]);
  });

  it('show the channels of a kernel beside each other, with gaps', () => {
    const facts = { form: 'integer', rows: 1, columns: 8, tile: [2, 2, 2] } as const;
    const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 256 - 8]);
    const shape = tileShape(facts.tile);
    expect([...drawTile(facts, bytes, 0, shape, colours)]).toEqual([
      ...[1001, 1003, 3, 1002, 1004],
      ...[1005, 1007, 3, 1006, 992],
    ]);
  });

  it('put many channels into a square and every weight into a place of its own', () => {
    const shape = tileShape([3, 3, 10]);
    const places = new Set(Array.from({ length: 90 }, (_, index) => shape.at(index)));
    expect(places.size).toBe(90);
    expect([shape.width, shape.height]).toEqual([19, 7]);
    expect(Math.max(...places)).toBeLessThan(19 * 7);
    expect(tileShape([3, 3, 13]).width).toBe(15);
  });

  it('read bits and bytes of any row', () => {
    const binary = { form: 'binary', rows: 2, columns: 9, tile: [1, 1, 9] } as const;
    expect(weightAt(binary, Uint8Array.of(0, 0, 0, 1), 1, 8)).toBe(1);
    expect(weightAt(binary, Uint8Array.of(0, 0, 0, 1), 1, 7)).toBe(-1);
  });
});
