import { createHash } from 'node:crypto';
import { MAX_BLOB_BYTES, PART_BYTES } from '../contract/limits.js';
import { partsOf } from '../contract/blob.js';
import type { Mailbox } from '../contract/mailbox.js';
import { FleetError } from '../errors.js';

/** A file that was published. */
export interface PublishedBlob {
  /** SHA-256 of the file, hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
}

/** Returns the SHA-256 of bytes, hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Publishes a file in parts, its head last. Publishing it again changes nothing.
 * @throws FleetError `fleet.bad-option` for one that is empty or larger than a blob may be; as the connection does
 */
export async function publishBlob(mailbox: Mailbox, file: Uint8Array): Promise<PublishedBlob> {
  const bytes = file.length;
  if (bytes === 0 || bytes > MAX_BLOB_BYTES) {
    const message = `A file for a fleet has 1 to ${MAX_BLOB_BYTES} bytes, this one has ${bytes}.`;
    throw new FleetError('bad-option', message, { bytes });
  }
  const digest = sha256(file);
  for (let part = 0; part < partsOf(bytes); part++) {
    const piece = file.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    await mailbox.publish('blobPart', { digest, part: String(part) }, piece);
  }
  await mailbox.publish('blobHead', { digest }, { version: 1, bytes, sha256: digest });
  return { digest, bytes };
}

/** Takes a published file away from the broker, its head first. Gateways keep what they have fetched. */
export async function removeBlob(mailbox: Mailbox, { digest, bytes }: PublishedBlob): Promise<void> {
  await mailbox.clear('blobHead', { digest });
  for (let part = 0; part < partsOf(bytes); part++) await mailbox.clear('blobPart', { digest, part: String(part) });
}
