import { z } from 'zod';
import { digestSchema } from './ids.js';
import { MAX_BLOB_BYTES, PART_BYTES } from './limits.js';

/** What a blob is: published behind its parts, so that who sees it can fetch them. */
export const blobHeadSchema = z.strictObject({
  version: z.literal(1),
  bytes: z.int().min(1).max(MAX_BLOB_BYTES),
  sha256: digestSchema,
});
export type BlobHead = z.infer<typeof blobHeadSchema>;

/** Returns how many parts a blob of so many bytes has. */
export const partsOf = (bytes: number): number => Math.ceil(bytes / PART_BYTES);

/** Returns how many bytes a part of it has. */
export const partBytesOf = (bytes: number, part: number): number => Math.min(PART_BYTES, bytes - part * PART_BYTES);
