/** A layer's number is a byte, of which 255 stands for the input. */
export const MAX_LAYERS = 255;
/** Of the sums of the last layer. */
export const MAX_SHIFT = 16;
/** A class travels as a u16. */
export const MAX_OUTPUTS = 65_535;
