import { CancelledError } from '@adiabit/simulator/errors';
import { partBytesOf, partsOf } from '../contract/blob.js';
import type { Mailbox } from '../contract/mailbox.js';
import type { Clock } from '../../device/index.js';
import { FleetError } from '../errors.js';
import type { BlobCache } from './cache.js';
import { sha256, type PublishedBlob } from './publish.js';

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (bytes: number) => void;
}

/** How long a part may take to come. */
const PART_TIMEOUT_MS = 30_000;

/** Fetches files over the messages of a fleet: once each, however many boards want them, and on from where an earlier fetch ended. */
export class BlobFetcher {
  readonly #mailbox: Mailbox;
  readonly #cache: BlobCache;
  readonly #clock: Clock;
  readonly #running = new Map<string, Promise<Uint8Array>>();

  constructor(mailbox: Mailbox, cache: BlobCache, clock: Clock) {
    this.#mailbox = mailbox;
    this.#cache = cache;
    this.#clock = clock;
  }

  get cacheBytes(): number {
    return this.#cache.bytes;
  }

  /**
   * Returns a file, from the cache where it is there.
   * @throws FleetError `fleet.blob-missing` when a part does not come, `fleet.blob-damaged` when what came is something else;
   * CancelledError, and the fetch goes on for others
   */
  async fetch(blob: PublishedBlob, { signal, onProgress = () => undefined }: FetchOptions = {}): Promise<Uint8Array> {
    const running = this.#running.get(blob.digest) ?? this.#start(blob, onProgress);
    if (signal === undefined) return running;
    if (signal.aborted) throw new CancelledError();
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(new CancelledError());
      signal.addEventListener('abort', stop, { once: true });
      running.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }

  #start(blob: PublishedBlob, onProgress: (bytes: number) => void): Promise<Uint8Array> {
    const running = this.#load(blob, onProgress).finally(() => this.#running.delete(blob.digest));
    // Whoever waits hears of it; nobody may be left to.
    running.catch(() => undefined);
    this.#running.set(blob.digest, running);
    return running;
  }

  async #load(blob: PublishedBlob, onProgress: (bytes: number) => void): Promise<Uint8Array> {
    const { digest, bytes } = blob;
    const cached = await this.#cache.read(digest);
    if (cached !== undefined) return cached;
    const file = new Uint8Array(bytes);
    let at = 0;
    for (let part = 0; part < partsOf(bytes); part++) {
      const size = partBytesOf(bytes, part);
      const kept = await this.#cache.readPart(digest, part, size);
      const piece = kept ?? (await this.#part(blob, part));
      if (kept === undefined) await this.#cache.keepPart(digest, part, piece);
      file.set(piece, at);
      at += size;
      onProgress(at);
    }
    if (sha256(file) !== digest) {
      // Which part is wrong cannot be told.
      await this.#cache.dropParts(digest);
      const message = `What was published as ${digest} is another file: it has the digest ${sha256(file)}. Publish it again.`;
      throw new FleetError('blob-damaged', message, { digest });
    }
    await this.#cache.keep(digest, file);
    return file;
  }

  async #part({ digest, bytes }: PublishedBlob, part: number): Promise<Uint8Array> {
    const size = partBytesOf(bytes, part);
    let took: (piece: Uint8Array) => void = () => undefined;
    let gaveUp: (error: FleetError) => void = () => undefined;
    const arrived = new Promise<Uint8Array>((resolve, reject) => {
      took = resolve;
      gaveUp = reject;
    });
    const stop = this.#clock.after(PART_TIMEOUT_MS, () => {
      const message = `Part ${part} of the file ${digest} did not come in ${PART_TIMEOUT_MS / 1000} s. Publish the file again.`;
      gaveUp(new FleetError('blob-missing', message, { digest, part }));
    });
    const subscription = this.#mailbox.subscribe('blobPart', { digest, part: String(part) }, ({ payload }) => {
      if (payload?.length === size) took(payload.slice());
    });
    try {
      return await Promise.race([arrived, subscription.then(() => arrived)]);
    } finally {
      stop();
      await subscription.then(
        (unsubscribe) => unsubscribe(),
        () => undefined,
      );
    }
  }
}
