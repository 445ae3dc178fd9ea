/** What the RAM of an emulated board holds when the power comes: not zeros, as on real chips. */
export const RAM_AT_POWER_ON = 0xa5;

/**
 * How much of a stack has been used, in bytes: `ram` is the region that it has, lowest address first, and it grows
 * downwards. What lies below the last byte that was ever written counts as never used.
 */
export function stackHighWater(ram: Uint8Array): number {
  const lowest = ram.findIndex((byte) => byte !== RAM_AT_POWER_ON);
  return lowest < 0 ? 0 : ram.length - lowest;
}
