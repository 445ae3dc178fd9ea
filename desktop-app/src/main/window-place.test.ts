import { expect, it } from 'vitest';
import { placeOn } from './window-place.js';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const right = { x: 1920, y: 0, width: 1280, height: 1024 };
const first = { width: 1280, height: 800 };

it('opens the window where it stood, on whichever screen', () => {
  const last = { x: 2000, y: 40, width: 900, height: 700 };
  expect(placeOn([screen, right], last)).toEqual(last);
  expect(placeOn([screen], undefined)).toEqual(first);
});

it('opens it anew where its screen is gone, or nobody could take hold of it', () => {
  expect(placeOn([screen], { x: 2000, y: 40, width: 900, height: 700 })).toEqual(first);
  expect(placeOn([screen], { x: 100, y: -50, width: 900, height: 700 })).toEqual(first);
  expect(placeOn([screen], { x: 100, y: 1060, width: 900, height: 700 })).toEqual(first);
  expect(placeOn([screen], { x: -880, y: 0, width: 900, height: 700 })).toEqual(first);
});

it('never opens it smaller than its parts', () => {
  expect(placeOn([screen], { x: 0, y: 0, width: 10, height: 10 })).toEqual({ x: 0, y: 0, width: 720, height: 480 });
});
