import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile, chmod, mkdir, link } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdiabitError } from '@adiabit/simulator/errors';
import { writeTogether, writeWhole, type WriteCall } from './write-whole.js';

let folder: string;
const file = (name: string): string => join(folder, name);
const read = (name: string): Promise<string> => readFile(file(name), 'utf8');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-write-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const diskFull = (): Error => Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });

/** A disk that takes a limited number of bytes a call, and a limited number in all. */
function smallDisk(mostAtOnce: number, room: number, whenFull: 'error' | 'nothing'): WriteCall {
  let left = room;
  return async (handle, bytes) => {
    const length = Math.min(bytes.length, mostAtOnce, left);
    left -= length;
    if (length > 0) return (await handle.write(bytes.subarray(0, length))).bytesWritten;
    if (whenFull === 'error') throw diskFull();
    return 0;
  };
}

const failureOf = async (work: Promise<unknown>): Promise<AdiabitError> => {
  const error = await work.catch((reason: unknown) => reason);
  if (error instanceof AdiabitError) return error;
  throw new Error('It did not fail with an AdiabitError.');
};

describe('a file is written whole', () => {
  it('however few bytes the system takes at once, or the old one stays, and nothing else is left behind', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.nat(400),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (content, room, most, errs) => {
          await writeFile(file('x'), 'the old one');
          const write = smallDisk(most, room, errs ? 'error' : 'nothing');
          if (content.length <= room) {
            expect(await writeWhole(file('x'), content, { write })).toBe(content.length);
            expect([...(await readFile(file('x')))]).toEqual([...content]);
          } else {
            const { code, message } = await failureOf(writeWhole(file('x'), content, { write }));
            expect(code).toBe('file.disk-full');
            expect(message).toContain('the disk is full');
            expect(message).not.toMatch(/\.part|ENOSPC/);
            expect(await read('x')).toBe('the old one');
          }
          expect(await readdir(folder)).toEqual(['x']);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('and is looked at before it replaces anything: a system that claims to have written is not believed', async () => {
    await writeFile(file('x'), 'the old one');
    const write: WriteCall = (_, bytes) => Promise.resolve(bytes.length);
    expect(await failureOf(writeWhole(file('x'), 'the new one', { write }))).toMatchObject({
      code: 'file.not-written',
    });
    expect(await read('x')).toBe('the old one');
    expect(await readdir(folder)).toEqual(['x']);
  });

  it('or none of several is: the last of them fails, and all stay as they were', async () => {
    for (const name of ['a', 'b', 'c']) await writeFile(file(name), 'old');
    const files = ['a', 'b', 'c'].map((name) => [file(name), { lines: ['new', name] }] as const);
    expect(await failureOf(writeTogether(files, { write: smallDisk(3, 17, 'error') }))).toMatchObject({
      code: 'file.disk-full',
    });
    expect(await Promise.all(['a', 'b', 'c'].map(read))).toEqual(['old', 'old', 'old']);
    expect(await writeTogether(files, { write: smallDisk(3, 18, 'error') })).toEqual([6, 6, 6]);
    expect(await Promise.all(['a', 'b', 'c'].map(read))).toEqual(['new\na\n', 'new\nb\n', 'new\nc\n']);
    expect(await readdir(folder)).toEqual(['a', 'b', 'c']);
  });

  it('beside a temporary file that a killed process of the same number left', async () => {
    await writeWhole(file('x'), 'first');
    const left = Array.from({ length: 500 }, (_, number) => file(`.adiabit-${process.pid}-${number}.part`));
    await Promise.all(left.map((name) => writeFile(name, 'left')));
    await writeWhole(file('x'), 'second');
    expect(await read('x')).toBe('second');
    expect(await readFile(left[499], 'utf8')).toBe('left');
  });

  it('with its permissions, through links, also one that leads nowhere yet; a hard link keeps the old content', async () => {
    await writeFile(file('script'), 'old');
    await chmod(file('script'), 0o751);
    await symlink('script', file('link'));
    await link(file('script'), file('hard'));
    await writeWhole(file('link'), 'new');
    expect(await read('script')).toBe('new');
    expect((await stat(file('script'))).mode & 0o7777).toBe(0o751);
    expect(await read('hard')).toBe('old');
    await mkdir(file('far'));
    await symlink(join('far', 'away'), file('loose'));
    await writeWhole(file('loose'), 'there');
    expect(await read('far/away')).toBe('there');
    await writeTogether([[file('secret'), 'key', 0o600]]);
    expect((await stat(file('secret'))).mode & 0o7777).toBe(0o600);
  });
});

describe('what cannot be written says why, and never by an error number:', () => {
  it.each([
    ['a folder that is not there', 'no/such/x', 'file.not-found', 'there is no folder'],
    ['a folder in place of a file', '.', 'file.wrong-kind', 'is a folder'],
    ['a file in place of a folder', 'plain/x', 'file.not-found', 'there is no folder'],
    ['links in a circle', 'circle', 'file.wrong-kind', 'circle'],
    ['a name that is too long', 'x'.repeat(300), 'file.not-written', 'its name is too long'],
  ])('%s', async (_, name, code, words) => {
    await writeFile(file('plain'), '');
    await symlink('circle', file('circle'));
    const error = await failureOf(writeWhole(join(folder, name), 'x'));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message).not.toMatch(/E[A-Z]{4,}|\.part/);
  });

  it('a device that is full', async () => {
    expect(await failureOf(writeWhole('/dev/full', 'x'))).toMatchObject({ code: 'file.disk-full' });
  });
});

describe('what is no file is written to, never replaced', () => {
  it('a device node', async () => {
    const before = await stat('/dev/null');
    expect(await writeWhole('/dev/null', 'away')).toBe(4);
    const after = await stat('/dev/null');
    expect([after.ino, after.isCharacterDevice()]).toEqual([before.ino, true]);
  });

  it('a fifo, through a link too', async () => {
    await promisify(execFile)('mkfifo', [file('fifo')]);
    await symlink('fifo', file('link'));
    const read = promisify(execFile)('cat', [file('fifo')]);
    expect(await writeWhole(file('link'), { lines: ['one', 'two'] })).toBe(8);
    expect((await read).stdout).toBe('one\ntwo\n');
    expect((await stat(file('fifo'))).isFIFO()).toBe(true);
  });
});
