import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBitMatrix } from '@adiabit/simulator/bits';
import { bitstreamOf, encodeBitstream } from '@adiabit/simulator/bitstream';
import { networkOfCounts } from '@adiabit/simulator/network';
import { libraryInbox } from '../library-files.js';
import { Library } from './library.js';

const bytes = encodeBitstream(
  bitstreamOf(
    networkOfCounts([
      {
        inputs: 4,
        outputs: 2,
        inputBits: 1,
        weights: createBitMatrix(2, 4),
        activation: 'integer',
        thresholds: new Uint32Array(0),
        shift: 0,
        offsets: Int32Array.of(0, 1),
      },
    ]),
    { name: 'tiny', modelDigest: '00'.repeat(32), compiler: 'test' },
  ),
);

describe('the inbox of the library', () => {
  let state: string;

  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'adiabit-library-'));
    await mkdir(libraryInbox(state), { recursive: true });
  });
  afterEach(() => rm(state, { recursive: true, force: true }));

  it('is taken in when the library is asked, and is empty then', async () => {
    const library = await Library.open(state, () => undefined);
    await writeFile(join(libraryInbox(state), '0001-tiny-seed-1.abit'), bytes);
    const both = await Promise.all([library.list(), library.list()]);
    for (const list of both)
      expect(list).toMatchObject([{ fileName: '0001-tiny-seed-1.abit', network: { name: 'tiny' } }]);
    expect(await readdir(libraryInbox(state))).toEqual([]);
  });

  it('drops what is no bitstream, and leaves what is still being written', async () => {
    const library = await Library.open(state, () => undefined);
    await writeFile(join(libraryInbox(state), 'broken.abit'), 'no bitstream');
    await writeFile(join(libraryInbox(state), 'coming.abit.part'), bytes);
    expect(await library.list()).toEqual([]);
    expect(await readdir(libraryInbox(state))).toEqual(['coming.abit.part']);
  });
});
