/** Tables of sensor values as a user describes them: plain data, in a `data.json` or in a configuration. */
import { z } from 'zod';

const count = z.int().min(1);
const positive = z.number().positive();
const share = z.number().gt(0).lt(1);
const column = z.strictObject({ column: z.string() });
const character = z.string().length(1);

const common = {
  /** Names of files, with `*`, `**` and `?` for parts of names. */
  files: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** The columns that the network sees, in this order. If absent, all but those of labels and recordings. */
  features: z.array(z.string()).min(1).optional(),
  /** The unit of all columns, or of each by name. */
  units: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
  /** Counts of the device for 1 of the file's values. If absent, 1 for whole numbers; chosen for others. */
  countsPerUnit: z.union([positive, z.record(z.string(), positive)]).optional(),
  /**
   * The column of the classes; or the file's name less its ending and a number behind it, or what the first group of
   * `pattern` finds in it; or the name of the file's folder.
   */
  label: z.union([
    column,
    z.strictObject({ from: z.literal('file'), pattern: z.string().optional() }),
    z.strictObject({ from: z.literal('folder') }),
  ]),
  /**
   * What stays together in training, validation or test: a file, the rows with one value of a column, so many rows of
   * a file one after the other, or each row alone. If absent, a file where windows are cut, else each row.
   */
  recording: z.union([z.enum(['file', 'row']), column, z.strictObject({ rows: count })]).optional(),
  /** Windows of rows, a stride apart (their length). If absent, an example is one row. */
  window: z.strictObject({ length: count, stride: count.optional() }).optional(),
  /** What to do about missing values (error). After a dropped row no window goes on. */
  missing: z.enum(['error', 'drop', 'previous']).optional(),
  /** The range that becomes 0 to 255: given by column in the file's values, or learnt less a share at each end (0.001). */
  scale: z
    .strictObject({
      cut: z.number().min(0).lt(0.5).optional(),
      ranges: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
    })
    .optional(),
  /** The shares of the recordings that are set aside (0.1 and 0.2), and the seed of the choice (1). */
  split: z
    .strictObject({ validation: share.optional(), test: share.optional(), seed: z.int().min(0).optional() })
    .optional(),
  /** Rows a second. */
  sampleRateHz: positive.optional(),
  /** What the data is called. If absent, as its folder. */
  name: z.string().min(1).optional(),
};

export const csvSourceSchema = z.strictObject({
  format: z.literal('csv'),
  ...common,
  /** If absent, the one of comma, semicolon, tab and bar that the first line has most of. */
  delimiter: z.string().min(1).optional(),
  /** Whether the first line has the names of the columns. If absent, it does unless all of it is numbers. */
  header: z.boolean().optional(),
  /** The decimal point (.). */
  decimal: z.enum(['.', ',']).optional(),
  /** The character between groups of three digits. If absent, there is none. */
  thousands: character.optional(),
  /** What starts a line that is passed over (#). */
  comment: z.string().optional(),
});

export const npySourceSchema = z.strictObject({
  format: z.literal('npy'),
  ...common,
  /** The array with the values in an NPZ. If absent, `x`, or the only one of two or three axes. */
  array: z.string().optional(),
});

export const jsonLinesSourceSchema = z.strictObject({ format: z.literal('json-lines'), ...common });

export const sensorSourceSchema = z.discriminatedUnion('format', [
  csvSourceSchema,
  npySourceSchema,
  jsonLinesSourceSchema,
]);

export type CsvSource = z.infer<typeof csvSourceSchema>;
export type NpySource = z.infer<typeof npySourceSchema>;
export type JsonLinesSource = z.infer<typeof jsonLinesSourceSchema>;
/** Where sensor values are, what they mean, and how examples are made of them. */
export type SensorSource = z.infer<typeof sensorSourceSchema>;
export type ScaleChoice = NonNullable<SensorSource['scale']>;
