import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Progress } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '@adiabit/sdk';
import { randomModel } from '../../sdk/src/polish/testing/random-model.js';
import { adiabit } from '../support/cli.js';
import { writeEasyDigits } from '../support/digits.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { root } from '../support/packages.js';
import { sampleCircuit } from '../support/sample-circuits.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let outside: Awaited<ReturnType<typeof temporaryFolder>>;
let client: Client | undefined;

beforeAll(async () => {
  folder = await temporaryFolder();
  outside = await temporaryFolder();
  await saveModel(join(folder.path, 'small.model.json'), randomModel(1));
  await adiabit(['compile', 'small.model.json'], { cwd: folder.path });
  await mkdir(join(folder.path, 'data'));
  await writeEasyDigits(join(folder.path, 'data'), 300, 40);
  const digits = { widths: [784, 16, 10], inputBits: 8, goldenVectors: 2 };
  await writeFile(join(folder.path, 'digits.abit'), sampleCircuit(repeatableNumbers(5), digits).bytes);
  await adiabit(['key', 'new', 'ours'], { cwd: folder.path });
  await writeFile(join(outside.path, 'secret.model.json'), '{}');
  await symlink(join(outside.path, 'secret.model.json'), join(folder.path, 'link.model.json'));
  await symlink(outside.path, join(folder.path, 'away'));
});
afterEach(async () => {
  await client?.close();
  client = undefined;
});
afterAll(async () => {
  await folder.dispose();
  await outside.dispose();
});

/** Starts the server in a process of its own and speaks to it with the official client. */
async function connect(...flags: string[]): Promise<Client> {
  const main = join(root, 'sdk/dist/cli/main.js');
  const args = [main, 'mcp', '--root', folder.path, ...flags];
  client = new Client({ name: 'tests', version: '0.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd: root, stderr: 'inherit' }));
  return client;
}

interface Answer {
  readonly isError?: boolean;
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly content: readonly { readonly text: string }[];
}

const call = async (on: Client, name: string, given: Record<string, unknown> = {}): Promise<Answer> =>
  (await on.callTool({ name, arguments: given })) as unknown as Answer;

async function codeOf(on: Client, name: string, given: Record<string, unknown>): Promise<string> {
  const { isError, content } = await call(on, name, given);
  expect(isError).toBe(true);
  return (JSON.parse(content[0].text) as { readonly error: { readonly code: string } }).error.code;
}

const toolNames = async (on: Client): Promise<readonly string[]> =>
  (await on.listTools()).tools.map(({ name }) => name);

const READING = ['inspect', 'verify', 'explain', 'simulate', 'recipes', 'devices', 'doctor'];

describe('adiabit mcp', () => {
  it('lists only what reads, and says so of each, unless it is allowed more', async () => {
    const { tools } = await (await connect()).listTools();
    expect(tools.map(({ name }) => name)).toEqual(READING);
    for (const { annotations, description } of tools) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
      expect(description).toMatch(/^[A-Z].*\.$/);
    }
    await client?.close();
    expect(await toolNames(await connect('--allow-write'))).toEqual([...READING, 'train', 'compile']);
    await client?.close();
    const all = await toolNames(await connect('--allow-device'));
    expect(all).toEqual([...READING, 'device', 'flash', 'run', 'write_firmware']);
  });

  it('answers with every tool that reads', async () => {
    const on = await connect();
    const model = (await call(on, 'inspect', { file: 'small.model.json' })).structuredContent;
    expect(model).toMatchObject({ kind: 'model', name: 'random', layers: [{ kind: 'dense' }, { kind: 'dense' }] });
    const bitstream = (await call(on, 'inspect', { file: 'small.abit' })).structuredContent;
    expect(bitstream).toMatchObject({ kind: 'bitstream', modelDigest: model?.['digest'] });
    expect(bitstream?.['boards']).toContainEqual({ id: 'uno', fits: true, lacks: [] });
    expect((await call(on, 'verify', { bitstream: 'small.abit' })).structuredContent).toMatchObject({
      network: { name: 'random' },
      strangers: [],
    });
    expect(await codeOf(on, 'verify', { bitstream: 'small.abit', key: 'ours.pub' })).toBe('signature.missing');
    expect((await call(on, 'recipes')).structuredContent?.['recipes']).toContainEqual(
      expect.objectContaining({ name: 'mnist-both', mode: 'both', inputs: 784 }),
    );
    expect((await call(on, 'recipes', { name: 'mnist-both' })).structuredContent).toHaveProperty('summary.layers');
    expect((await call(on, 'devices')).structuredContent?.['ports']).toContainEqual(
      expect.objectContaining({ path: 'virtual:rp2040', kind: 'virtual' }),
    );
    const { checks } = (await call(on, 'doctor')).structuredContent as { checks: readonly { readonly name: string }[] };
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'tool gcc', 'packages of mcp']));
  });

  it('simulates and explains, and tells how far it is', async () => {
    const on = await connect();
    const told: Progress[] = [];
    const simulated = (await on.callTool(
      { name: 'simulate', arguments: { bitstream: 'digits.abit', data: 'data', limit: 40 } },
      undefined,
      { onprogress: (progress) => told.push(progress) },
    )) as unknown as Answer;
    expect(simulated.structuredContent).toMatchObject({ inferences: 40, available: 40 });
    for (const { mismatches } of simulated.structuredContent?.['witnesses'] as { mismatches: number }[])
      expect(mismatches).toBe(0);
    expect(told.length).toBeGreaterThan(1);
    for (const [index, { progress }] of told.entries())
      expect(progress).toBeGreaterThanOrEqual(index === 0 ? 0 : told[index - 1].progress);
    const explained = (await call(on, 'explain', { bitstream: 'digits.abit', data: 'data', index: 3 }))
      .structuredContent;
    expect(explained?.['text']).toContain('outputs of layer 1');
  });

  it('reads nothing outside its folder: not by "..", not by a whole path, not by a link, not by a link in a folder', async () => {
    const on = await connect();
    const secret = join(outside.path, 'secret.model.json');
    for (const file of [`../${secret}`, '../../etc/passwd', secret, 'link.model.json', 'away/secret.model.json'])
      expect([file, await codeOf(on, 'inspect', { file })]).toEqual([file, 'file.outside']);
    const inLink = { bitstream: 'small.abit', data: '.' };
    expect(await codeOf(on, 'simulate', inLink)).toBe('file.outside');
    expect(await codeOf(on, 'inspect', { file: 'nothing.abit' })).toBe('file.not-found');
    expect(await codeOf(on, 'inspect', { file: 'data' })).toBe('file.wrong-kind');
    // Whether something is there is not told either.
    expect(await codeOf(on, 'inspect', { file: '/nowhere/at/all' })).toBe('file.outside');
  });

  it('refuses what it was not allowed, arguments that no tool takes, and more examples than it runs', async () => {
    const on = await connect();
    for (const name of ['train', 'compile', 'flash', 'device', 'write_firmware']) {
      const { isError, content } = await call(on, name, { port: 'virtual:rp2040' });
      expect([name, isError]).toEqual([name, true]);
      expect(content[0].text).toContain('disabled');
    }
    expect(on.getInstructions()).toContain('--allow-device');
    expect((await call(on, 'simulate', { bitstream: 'small.abit', limit: 1e9 })).isError).toBe(true);
    expect((await call(on, 'inspect', {})).isError).toBe(true);
  });

  it('compiles and trains into its folder and nowhere else, once it may write', async () => {
    const on = await connect('--allow-write');
    const compiled = await call(on, 'compile', { model: 'small.model.json', output: 'again.abit' });
    expect(compiled.structuredContent).toMatchObject({ output: 'again.abit' });
    const model = 'small.model.json';
    for (const output of ['../x.abit', 'away/x.abit', join(outside.path, 'x.abit')])
      expect([output, await codeOf(on, 'compile', { model, output })]).toEqual([output, 'file.outside']);
    const given = { recipe: 'mnist-demo', data: 'data', epochs: 1, backend: 'wasm' };
    expect(await codeOf(on, 'train', { ...given, out: 'away' })).toBe('file.outside');
    const trained = await call(on, 'train', { ...given, out: 'trained' });
    expect(trained.structuredContent?.['files']).toContain('trained/mnist-demo.model.json');
  });

  it('flashes an emulated board and runs digits on it, once it may', async () => {
    const on = await connect('--allow-device');
    const flashed = await call(on, 'flash', { bitstream: 'digits.abit', port: 'virtual:rp2040' });
    expect(flashed.structuredContent).toMatchObject({ slot: expect.any(Number) as number });
    const run = { bitstream: 'digits.abit', port: 'virtual:rp2040', data: 'data', limit: 3 };
    expect((await call(on, 'run', run)).structuredContent).toMatchObject({ board: 'rp2040', inferences: 3 });
    expect((await call(on, 'device', { port: 'virtual:rp2040' })).structuredContent).toMatchObject({
      device: { boardId: 'rp2040' },
    });
  });

  it('stops a training when the client takes the call back, and goes on to serve', async () => {
    await rm(join(folder.path, 'stopped'), { recursive: true, force: true });
    const on = await connect('--allow-write');
    const controller = new AbortController();
    const given = { recipe: 'mnist-demo', data: 'data', out: 'stopped', epochs: 5000, backend: 'wasm' };
    const training = on.callTool({ name: 'train', arguments: given }, undefined, {
      signal: controller.signal,
      timeout: 100_000,
      onprogress: ({ message }) => {
        if (message?.startsWith('epoch 2') === true) controller.abort(new Error('enough'));
      },
    });
    await expect(training).rejects.toThrow('enough');
    // It computes no more: what is asked now is answered soon.
    const startMs = performance.now();
    await call(on, 'recipes');
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });
});
