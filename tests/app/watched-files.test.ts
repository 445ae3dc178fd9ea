import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WatchedFile } from '../../desktop-app/src/common/contract/library.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { Library } from '../../desktop-app/src/services/lab/library.js';
import { WatchedFiles } from '../../desktop-app/src/services/lab/watched-files.js';

const next = repeatableNumbers(3);
const circuit = () => sampleCircuit(next, { widths: [20, 9, 4], inputBits: 1, goldenVectors: 1 }).bytes;

describe('a watched file', () => {
  let folder: string;
  let path: string;
  let library: Library;
  let watched: WatchedFiles;
  let last: WatchedFile | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adiabit-watched-'));
    path = join(folder, 'model.abit');
    library = await Library.open(join(folder, 'state'), () => undefined);
    watched = new WatchedFiles({
      paths: [path],
      add: (name, bytes) => library.add(name, bytes),
      onChange: (files) => (last = files.at(0)),
      now: () => 5,
    });
  });
  afterEach(async () => {
    watched.close();
    await rm(folder, { recursive: true });
  });

  const newest = async () => (await library.list()).at(0);

  it('comes into the library at the start, and has not changed', async () => {
    await writeFile(path, circuit());
    await watched.start();
    expect(last).toEqual({ path, entry: (await newest())?.id });
    expect((await newest())?.fileName).toBe('model.abit');
  });

  it('comes again on top when it is written anew, and when another file is put in its place', async () => {
    await writeFile(path, circuit());
    await watched.start();
    const seen = new Set([last?.entry]);
    for (const write of [
      () => writeFile(path, circuit()),
      async () => {
        await writeFile(`${path}.new`, circuit());
        await rename(`${path}.new`, path);
      },
    ]) {
      await write();
      await vi.waitFor(() => expect(seen.has(last?.entry)).toBe(false), 5000);
      expect(last).toEqual({ path, entry: (await newest())?.id, changedMs: 5 });
      seen.add(last?.entry);
    }
    expect(await library.list()).toHaveLength(3);
  });

  it('that is broken keeps what it held, says why, and is taken when it is whole again', async () => {
    const whole = circuit();
    await writeFile(path, whole);
    await watched.start();
    const entry = last?.entry;
    await writeFile(path, whole.subarray(0, 40));
    await vi.waitFor(() => expect(last?.error?.code).toBe('format.truncated'), 5000);
    expect(last?.entry).toBe(entry);
    await writeFile(path, whole);
    await vi.waitFor(() => expect(last).toEqual({ path, entry, changedMs: 5 }), 5000);
  });

  it('that is not there is said so, and taken when it comes', async () => {
    await watched.start();
    expect(last?.error?.code).toBe('data.not-found');
    await writeFile(path, circuit());
    await vi.waitFor(() => expect(last?.entry).toBeDefined(), 5000);
  });
});
