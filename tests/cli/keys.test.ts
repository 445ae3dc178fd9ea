import { spawn, spawnSync } from 'node:child_process';
import { chmod, lstat, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedKeys } from '../../sdk/src/signature/testing/refused-keys.js';
import { adiabit, type CliOptions } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';
import { missingTools, titled } from '../support/tools.js';

const ADIABIT = fileURLToPath(new URL('../../node_modules/.bin/adiabit', import.meta.url));
const PASSPHRASE = 'correct horse';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const file = (name: string): string => join(folder.path, name);
const inFolder = (args: readonly string[], options: CliOptions = {}) => adiabit(args, { cwd: folder.path, ...options });
beforeAll(async () => {
  folder = await temporaryFolder();
  for (const name of ['ours', 'spare']) expect((await inFolder(['key', 'new', name])).code).toBe(0);
  const encrypted = await inFolder(['key', 'new', 'safe', '--encrypt', '--passphrase', 'env:WORDS'], {
    env: { WORDS: PASSPHRASE },
  });
  expect(encrypted.code).toBe(0);
});
afterAll(() => folder.dispose());

/** Runs a command that must fail, and returns its exit code, the code of its error and what it says. */
async function failureOf(args: readonly string[], options?: CliOptions) {
  const { code, stdout } = await inFolder([...args, '--json'], options);
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  return { exit: code, ...error };
}

const shown = async (args: readonly string[], options?: CliOptions): Promise<unknown> =>
  JSON.parse((await inFolder(['key', 'show', ...args, '--json'], options)).stdout) as unknown;

/** Everything that could be a private half of the keys in the folder, as text that may not be printed. */
async function secretsOf(...names: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(names.map((name) => readFile(file(name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('-----')));
}

/** Runs a command on a terminal, types an answer behind each question, and returns all that the terminal showed. */
function typed(args: readonly string[], answers: readonly string[]): Promise<string> {
  const line = [process.execPath, ADIABIT, ...args].map((word) => `'${word}'`).join(' ');
  const terminal = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder.path });
  const waiting = [...answers];
  let text = '';
  terminal.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (/: $/.test(text) && waiting.length > 0) terminal.stdin.write(`${waiting.shift()}\r`);
  });
  return new Promise((resolve) => terminal.on('close', () => resolve(text)));
}

describe('adiabit key new', () => {
  it('makes both files, of which the private one is its owner’s alone', async () => {
    expect((await stat(file('ours.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(file('safe.key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(file('safe.key'), 'utf8')).toContain('-----BEGIN ENCRYPTED PRIVATE KEY-----');
  });

  it('writes over nothing, follows no link, and then leaves nothing behind', async () => {
    const before = await readFile(file('ours.key'), 'utf8');
    expect(await failureOf(['key', 'new', 'ours'])).toMatchObject({ exit: 1, code: 'file.exists' });
    expect(await readFile(file('ours.key'), 'utf8')).toBe(before);

    await symlink('elsewhere', file('linked.key'));
    expect(await failureOf(['key', 'new', 'linked'])).toMatchObject({ code: 'file.exists' });
    await writeFile(file('half.pub'), 'mine');
    expect(await failureOf(['key', 'new', 'half'])).toMatchObject({ code: 'file.exists' });
    const names = await readdir(folder.path);
    expect(names).not.toContain('elsewhere');
    expect(names).not.toContain('half.key');
    expect((await lstat(file('linked.key'))).isSymbolicLink()).toBe(true);
    expect(await readFile(file('half.pub'), 'utf8')).toBe('mine');
  });

  it('takes no short passphrase, and asks nobody who is not there', async () => {
    const short = await failureOf(['key', 'new', 'short', '--passphrase', '-'], { input: 'seven77\n' });
    expect(short).toMatchObject({ code: 'signature.bad-passphrase' });
    const asked = await failureOf(['key', 'new', 'short', '--encrypt'], { input: '' });
    expect(asked.message).toContain('--passphrase env:NAME');
    expect(await readdir(folder.path)).not.toContain('short.key');
  });

  const missing = missingTools('script');
  it.skipIf(missing.length > 0)(
    titled('asks twice on a terminal, and shows nothing that is typed', missing),
    async () => {
      const made = await typed(['key', 'new', 'typed', '--encrypt'], [PASSPHRASE, PASSPHRASE]);
      expect(made).toMatch(/new passphrase: [^]*the same again: [^]*wrote typed.key/);
      expect(made).not.toContain(PASSPHRASE);
      expect(await shown(['typed.key', '--passphrase', '-'], { input: `${PASSPHRASE}\n` })).toMatchObject({
        isEncrypted: true,
      });
      const differing = await typed(['key', 'new', 'differ', '--encrypt'], ['long enough', 'another one']);
      expect(differing).toContain('The two passphrases differ');
      expect(await readdir(folder.path)).not.toContain('differ.key');
    },
  );
});

describe('a private key', () => {
  it('that others can get at is refused with the command that mends it, and is taken after that', async () => {
    await chmod(file('ours.key'), 0o640);
    const refused = await failureOf(['key', 'show', 'ours.key']);
    expect(refused).toMatchObject({ exit: 1, code: 'signature.exposed-key' });
    expect(refused.message).toMatch(/mode 640.*chmod 600 ours\.key$/);
    const [, fix] = refused.message.split('): ');
    expect(spawnSync('sh', ['-c', fix], { cwd: folder.path }).status).toBe(0);
    expect(await shown(['ours.key'])).toMatchObject({ kind: 'private key' });
  });
});

describe('adiabit key show', () => {
  it('gives both halves and the header the same names, and no private half', async () => {
    const header = ['key', 'header', 'ours.pub', 'spare.pub', '--product', 'acme-doorbell', '-o', 'keys.h'];
    expect((await inFolder(header)).code).toBe(0);
    const [ours, spare, half, both] = await Promise.all(
      [['ours.pub'], ['spare.pub'], ['ours.key'], ['keys.h']].map((args) => shown(args)),
    );
    const keysOf = (one: unknown) => (one as { keys: readonly { id: string; fingerprint: string }[] }).keys;
    expect(keysOf(half)).toEqual(keysOf(ours));
    expect(both).toMatchObject({ product: 'acme-doorbell', keys: [...keysOf(ours), ...keysOf(spare)] });
    expect(keysOf(ours)[0].fingerprint.slice(0, 16)).toBe(keysOf(ours)[0].id);

    const words = { env: { WORDS: PASSPHRASE } };
    const texts = [
      await inFolder(['key', 'show', 'ours.key']),
      await inFolder(['key', 'show', 'ours.key', '--json']),
      await inFolder(['key', 'show', 'safe.key', '--passphrase', 'env:WORDS'], words),
    ];
    const secret = Buffer.from((await secretsOf('ours.key'))[0], 'base64').subarray(-32);
    for (const { stdout, stderr } of texts) {
      for (const one of [...(await secretsOf('ours.key', 'safe.key')), secret.toString('hex'), PASSPHRASE])
        expect(stdout + stderr).not.toContain(one);
    }
    expect(texts[2].stdout).toContain('private key, under a passphrase');
  });

  it('says what is wrong with a passphrase, and with what is no key', async () => {
    const wrong = ['key', 'show', 'safe.key', '--passphrase', 'env:WORDS'];
    expect(await failureOf(wrong, { env: { WORDS: 'another horse' } })).toMatchObject({
      code: 'signature.bad-passphrase',
    });
    expect(await failureOf(wrong, { env: { WORDS: '' } })).toMatchObject({ code: 'data.not-found' });
    await writeFile(file('notes.txt'), 'remember the milk');
    expect(await failureOf(['key', 'show', 'notes.txt'])).toMatchObject({ code: 'signature.bad-key' });
  });
});

describe('adiabit key header', () => {
  const product = ['--product', 'acme-doorbell'];

  it.each(refusedKeys())('refuses %s, and writes nothing', async (_, text, message) => {
    await writeFile(file('offered.pub'), text);
    const refused = await failureOf(['key', 'header', 'ours.pub', 'offered.pub', ...product, '-o', 'refused.h']);
    expect(refused).toMatchObject({ exit: 1, code: 'signature.bad-key' });
    expect(refused.message).toContain('offered.pub');
    expect(refused.message).toContain(message);
    expect(await readdir(folder.path)).not.toContain('refused.h');
  });

  it('takes no key twice, no fifth, and no product that a manifest could not name', async () => {
    const twice = ['key', 'header', 'ours.pub', 'ours.pub', ...product];
    expect(await failureOf(twice)).toMatchObject({ code: 'signature.bad-option' });
    expect((await inFolder(['key', 'header', 'ours.pub', '--product', 'Acme "9"'])).code).toBe(2);
    expect((await inFolder(['key', 'header', 'ours.pub', ...product, '-o', 'ours.pub'])).code).toBe(2);
  });

  const missing = missingTools('cc');
  it.skipIf(missing.length > 0)(titled('is C99 with the bytes of the keys', missing), async () => {
    await inFolder(['key', 'header', 'ours.pub', 'spare.pub', ...product, '-o', 'keys.h']);
    const program = `#include <stdio.h>
#include "keys.h"
int main(void) {
    printf("%s %d ", ADIABIT_PRODUCT, ADIABIT_TRUSTED_KEY_COUNT);
    for (int i = 0; i < 32; i++) printf("%02x", adiabit_trusted_keys[1][i]);
    return 0;
}
`;
    await writeFile(file('print.c'), program);
    const flags = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-Wconversion', '-pedantic', '-o', 'print', 'print.c'];
    const built = spawnSync('cc', flags, { cwd: folder.path, encoding: 'utf8' });
    expect(built.stderr).toBe('');
    const pem = await readFile(file('spare.pub'), 'utf8');
    const bytes = Buffer.from(pem.split('\n')[1], 'base64').subarray(-32).toString('hex');
    expect(spawnSync(file('print'), { encoding: 'utf8' }).stdout).toBe(`acme-doorbell 2 ${bytes}`);
    await rm(file('print'));
  });
});
