/** The contents of an emulated board's RAM at power-on. They are not zero, as on real chips. */
export const RAM_AT_POWER_ON = 0xa5;

/**
 * Measures how much of a stack has been used, in bytes. `ram` is the region of the stack, lowest address first, and the
 * stack grows downwards. All bytes below the lowest one that was ever written count as unused.
 */
export function stackHighWater(ram: Uint8Array): number {
  const lowest = ram.findIndex((byte) => byte !== RAM_AT_POWER_ON);
  return lowest < 0 ? 0 : ram.length - lowest;
}
