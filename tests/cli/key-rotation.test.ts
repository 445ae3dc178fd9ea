/** A device maker's keys from the first build to a revoked key, by commands alone. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';
import { buildSignedHost } from '../support/trusted-keys.js';

const missing = missingTools(...HOST_TOOLS, 'cargo', 'socat');
describe.skipIf(missing.length > 0)(titled('the keys of a product', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let port: PseudoTerminal;
  const file = (name: string): string => join(folder.path, name);
  const product = ['--product', 'acme-doorbell'];

  const run = (...args: readonly string[]) => adiabit(args, { cwd: folder.path });
  async function succeeds(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  }
  async function codeOf(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(...args, '--json');
    return (JSON.parse(stdout) as { error: { code: string } }).error.code;
  }
  const idOf = async (name: string): Promise<string> => {
    const { keys } = JSON.parse(await succeeds('key', 'show', name, '--json')) as { keys: readonly { id: string }[] };
    return keys[0].id;
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    for (const name of ['first', 'spare', 'next']) await succeeds('key', 'new', name);
    await succeeds('key', 'header', 'first.pub', 'spare.pub', ...product);
    const binary = buildSignedHost(folder.path, file('trusted_keys.h'));
    port = new PseudoTerminal(file('port'));
    await port.plugIn(`EXEC:${binary} link ${file('flash')}`);
    for (const [seed, name] of ['one', 'two'].entries()) {
      const { bytes } = sampleCircuit(repeatableNumbers(seed + 1), { widths: [9, 4], inputBits: 1, goldenVectors: 1 });
      await writeFile(file(`${name}.abit`), bytes);
    }
  }, 240_000);
  afterAll(async () => {
    await port.unplug();
    await folder.dispose();
  });

  it('are those of the header, then those of the tables that one of them signs, and the device says so', async () => {
    const [first, spare, next] = [await idOf('first.pub'), await idOf('spare.pub'), await idOf('next.pub')];
    const to = ['--port', port.path];
    expect(await succeeds('devices', ...to)).toContain(`says that it runs only what keys ${first} or ${spare} signed`);

    await succeeds('sign', 'one.abit', '--key', 'first.key', ...product, '--counter', '1');
    await succeeds('flash', 'one.abit', ...to);
    await succeeds('sign', 'two.abit', '--key', 'next.key', ...product, '--counter', '1');
    expect(await codeOf('flash', 'two.abit', ...to)).toBe('device.unknown-key');

    // A table without the key of the circuit that boots would leave the device without one.
    const early = ['key', 'rotate', 'next.pub', '--key', 'first.key', ...product, '--table-version', '1', ...to];
    expect(await codeOf(...early)).toBe('device.key-in-use');

    const both = ['key', 'rotate', 'first.pub', 'next.pub', '--key', 'first.key', ...product, '--table-version', '1'];
    expect(await succeeds(...both, ...to)).toContain(`keys ${first} or ${next} signed for acme-doorbell`);
    // The same again is no fault; another one of its version is.
    await succeeds(...both, ...to);
    expect(await codeOf(...both.slice(0, 4), 'spare.pub', ...both.slice(4), ...to)).toBe('device.counter-too-low');
    await succeeds('flash', 'two.abit', ...to);

    // Signed where the key is, sent where the device is.
    const last = ['key', 'rotate', 'next.pub', 'spare.pub', '--key', 'next.key', ...product, '--table-version', '2'];
    await succeeds(...last, '-o', 'last.table');
    expect(await readFile(file('last.table'))).toHaveLength(164 + 1 + 64);
    expect(await succeeds('key', 'show', 'last.table')).toMatch(new RegExp(`signed by +key ${next}, as it says`));
    expect(await succeeds('key', 'send', 'last.table', ...to)).toContain('(key table 2)');
    expect(await codeOf('flash', 'one.abit', ...to)).toBe('device.unknown-key');
  });

  it('send nothing that is no table', async () => {
    expect(await codeOf('key', 'send', 'first.pub', '--port', port.path)).toBe('signature.bad-option');
  });
});
