/** Dense layers of a network that is unrolled. */
export const MAX_LAYERS = 16;
/** Of the sums of the last layer. */
export const MAX_SHIFT = 16;
/** A class travels as a u16. */
export const MAX_OUTPUTS = 65_535;
