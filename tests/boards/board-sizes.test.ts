import { describe, expect, it } from 'vitest';
import { boardEntries } from '../support/board-files.js';
import { measureBoardSizes } from '../support/board-sizes.js';
import { toolsOf } from '../support/emulated-device.js';
import { missingTools, titled } from '../support/tools.js';

/** An interrupt at the deepest place: what the core saves and what the handler uses. */
const INTERRUPT_BYTES = 64;

describe('the memory of', () => {
  for (const board of boardEntries()) {
    const missing = missingTools(...toolsOf(board));
    it.skipIf(missing.length > 0)(
      titled(`the board ${board.id} has room for all that a session puts on the stack, and an interrupt`, missing),
      async () => {
        const { flash, ram, stack } = await measureBoardSizes(board);
        for (const used of [stack.dense, stack.picture ?? stack.dense]) {
          expect(used).toBeGreaterThan(256);
          expect(used + INTERRUPT_BYTES).toBeLessThanOrEqual(stack.has);
        }
        expect(ram.used + stack.has).toBeLessThanOrEqual(ram.has);
        expect(flash.used).toBeLessThanOrEqual(flash.has);
      },
      120_000,
    );
  }
});
