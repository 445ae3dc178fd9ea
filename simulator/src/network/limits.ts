/** A layer's index is a byte, and 255 stands for the input. */
export const MAX_LAYERS = 255;
/** The largest shift of the sums of the last layer. */
export const MAX_SHIFT = 16;
/** A class is a u16 on the line. */
export const MAX_OUTPUTS = 65_535;
