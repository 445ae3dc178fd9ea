import { z } from 'zod';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window stood when it was last closed. */
export const windowPlaceSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
  isMaximized: z.boolean(),
});

export const SMALLEST = { width: 720, height: 480 } as const;
const FIRST = { width: 1280, height: 800 } as const;

/** So much of the title bar has to be on a screen for a hand to move the window. */
const HELD_PIXELS = 100;

/** Returns where to open the window: where it stood, if that screen is still there. */
export function placeOn(screens: readonly Rectangle[], last: Rectangle | undefined): Rectangle | typeof FIRST {
  if (last === undefined) return FIRST;
  const width = Math.max(last.width, SMALLEST.width);
  const height = Math.max(last.height, SMALLEST.height);
  const canBeHeld = screens.some(
    (screen) =>
      last.x + width >= screen.x + HELD_PIXELS &&
      last.x <= screen.x + screen.width - HELD_PIXELS &&
      last.y >= screen.y &&
      last.y <= screen.y + screen.height - HELD_PIXELS,
  );
  return canBeHeld ? { x: last.x, y: last.y, width, height } : FIRST;
}
