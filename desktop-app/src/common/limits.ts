/** The largest message that a page may send: a file that is dropped, and what is around it. */
export const MAX_MESSAGE_BYTES = 24 * 2 ** 20;

/** The largest file that may be dropped. Bitstreams of the largest boards have a quarter of a megabyte. */
export const MAX_FILE_BYTES = 16 * 2 ** 20;

/** The entries of the log that are kept. */
export const MAX_LOG_ENTRIES = 20_000;

/** The bytes of a line that a recording takes down at most; as text it is a file that may be dropped. */
export const MAX_RECORDED_BYTES = 8 * 2 ** 20;

/** The longest recipe of a user's own. */
export const MAX_RECIPE_CHARACTERS = 200_000;

/** The largest answer of weights. */
export const MAX_WEIGHT_BYTES = 2 ** 20;

/** The largest window of a waveform. */
export const MAX_TRACE_CYCLES = 65_536;
