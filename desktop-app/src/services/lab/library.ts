import { join } from 'node:path';
import { readdir, rm } from 'node:fs/promises';
import { z } from 'zod';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, decodeBitstream, plainOf, type Bitstream } from '@adiabit/simulator/bitstream';
import { outputsOf } from '@adiabit/simulator/network';
import { makeFolder, readBytes, writeWhole } from '@adiabit/sdk/files';
import type { LibraryEntry, NetworkSummary } from '../../common/contract/library.js';
import { libraryFile, libraryInbox, readLibraryFile } from '../library-files.js';
import { StateFile } from '../state-file.js';

const librarySchema = z.array(
  z.object({ id: z.string(), fileName: z.string(), bytes: z.number(), addedMs: z.number() }),
);

/** The bitstreams that the app knows. Their files are copies, named by their digests: what was flashed can be looked at later. */
export class Library {
  readonly #folder: string;
  readonly #kept: StateFile<typeof librarySchema>;
  readonly #decoded = new Map<string, Bitstream>();
  readonly #onChange: () => void;
  #taking: Promise<void> = Promise.resolve();

  private constructor(folder: string, kept: StateFile<typeof librarySchema>, onChange: () => void) {
    this.#folder = folder;
    this.#kept = kept;
    this.#onChange = onChange;
  }

  static async open(stateFolder: string, onChange: () => void): Promise<Library> {
    await makeFolder(join(stateFolder, 'library'));
    const kept = await StateFile.open(join(stateFolder, 'library.json'), librarySchema, []);
    return new Library(stateFolder, kept, onChange);
  }

  /** Lists what can still be read, the newest first. What lies in the inbox is taken in before. */
  async list(): Promise<readonly LibraryEntry[]> {
    await this.#takeInbox();
    const entries = await Promise.all(
      this.#kept.value.map(async (entry) => {
        const bitstream = await this.bitstream(entry.id).catch(() => undefined);
        return bitstream === undefined ? [] : [{ ...entry, network: summaryOf(bitstream) }];
      }),
    );
    return entries.flat().sort((a, b) => b.addedMs - a.addedMs);
  }

  /**
   * Takes a bitstream; one that it has already becomes the newest.
   * @throws FormatError for bytes that are no whole bitstream
   */
  async add(fileName: string, bytes: Uint8Array, nowMs = Date.now()): Promise<LibraryEntry> {
    const bitstream = decodeBitstream(bytes);
    // What a device says that it holds is the file without its manifest.
    const id = toHex(bitstreamDigest(plainOf(bytes)));
    await writeWhole(libraryFile(this.#folder, id), bytes);
    const entry = { id, fileName, bytes: bytes.length, addedMs: nowMs };
    await this.#kept.set([...this.#kept.value.filter((one) => one.id !== id), entry]);
    this.#decoded.set(id, bitstream);
    this.#onChange();
    return { ...entry, network: summaryOf(bitstream) };
  }

  /** Takes in one by one what other services left; a file that is no bitstream is dropped. */
  #takeInbox(): Promise<void> {
    const taken = this.#taking.then(async () => {
      const inbox = libraryInbox(this.#folder);
      // Files that are being written have another ending.
      const names = (await readdir(inbox).catch(() => [])).filter((name) => name.endsWith('.abit'));
      for (const name of names.sort()) {
        const file = join(inbox, name);
        await readBytes(file)
          .then((bytes) => this.add(name, bytes))
          .catch(() => undefined);
        await rm(file, { force: true });
      }
    });
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  async remove(id: string): Promise<void> {
    const file = libraryFile(this.#folder, id);
    await this.#kept.set(this.#kept.value.filter((one) => one.id !== id));
    this.#decoded.delete(id);
    await rm(file, { force: true });
    this.#onChange();
  }

  /** @throws AppError `app.not-found` */
  async bitstream(id: string): Promise<Bitstream> {
    const known = this.#decoded.get(id);
    if (known) return known;
    const bitstream = decodeBitstream(await this.bytes(id));
    this.#decoded.set(id, bitstream);
    return bitstream;
  }

  /** @throws AppError `app.not-found` */
  bytes = (id: string): Promise<Uint8Array> => readLibraryFile(this.#folder, id);
}

function summaryOf({ network, description: { name, trainedOn } }: Bitstream): NetworkSummary {
  return {
    name,
    layers: network.layers.length,
    inputs: network.input.count,
    inputBits: network.input.bits,
    outputs: outputsOf(network.layers[network.layers.length - 1]),
    ...(trainedOn === undefined ? {} : { trainedOn }),
  };
}
