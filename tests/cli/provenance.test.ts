import { createHash } from 'node:crypto';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveModel } from '@adiabit/sdk';
import { modelDigest } from '@adiabit/sdk/model';
import { manifestBytesOf, withManifest } from '@adiabit/simulator/bitstream';
import { randomModel } from '../../sdk/src/polish/testing/random-model.js';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';

const trainedOn = { kind: 'values', shape: [12], classNames: ['idle', 'wave', 'knock'] } as const;
const model = { ...randomModel(3), name: 'gesture', trainedOn };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const file = (name: string): string => join(folder.path, name);
beforeAll(async () => {
  folder = await temporaryFolder();
  await saveModel(file('gesture.model.json'), model);
  expect((await adiabit(['compile', file('gesture.model.json')])).code).toBe(0);
});
afterAll(() => folder.dispose());

const digestOf = async (name: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file(name)))
    .digest('hex');

const verified = async (name: string): Promise<{ readonly text: string; readonly provenance: unknown }> => {
  const { stdout, stderr } = await adiabit(['verify', file(name), '--json']);
  return { text: stderr, ...(JSON.parse(stdout) as { provenance: unknown }) };
};

it('prints what a bitstream says of itself, and names the model beside it that it was made of', async () => {
  const { text, provenance } = await verified('gesture.abit');
  expect(provenance).toMatchObject({
    bitstream: { digest: await digestOf('gesture.abit'), format: '2.0' },
    network: { name: 'gesture', layers: 2, inputs: 12, inputBits: 8, modelDigest: modelDigest(model), trainedOn },
    model: { file: file('gesture.model.json') },
    strangers: [],
  });
  expect(text).toContain('values of 12; 3 classes: idle, wave, knock');
  expect(text).toContain(await digestOf('gesture.abit'));
});

it('goes on to the data by the lock beside it, if that lists these very bytes', async () => {
  const lock = {
    format: 'adiabit-lock',
    version: 1,
    sources: { seed: 7 },
    digests: { config: 'c'.repeat(64), data: 'd'.repeat(64) },
    training: { adiabit: '0.1.0', backend: 'wasm', accuracy: { hard: 0.97, frozen: 0.96 } },
    files: { 'gesture.abit': await digestOf('gesture.abit') },
    of: 'another version',
  };
  await writeFile(file('adiabit.lock.json'), JSON.stringify(lock));
  const { text, provenance } = await verified('gesture.abit');
  expect(provenance).toMatchObject({
    build: { seed: 7, backend: 'wasm', dataDigest: 'd'.repeat(64), adiabit: '0.1.0', accuracy: { frozen: 0.96 } },
  });
  expect(text).toMatch(/test accuracy +97\.00 % hard, 96\.00 % frozen/);

  await writeFile(file('adiabit.lock.json'), JSON.stringify({ ...lock, files: { 'gesture.abit': 'e'.repeat(64) } }));
  expect((await verified('gesture.abit')).provenance).toMatchObject({
    strangers: [expect.stringContaining('other bytes')],
  });
  await rm(file('adiabit.lock.json'));
});

it('says that a model of the same name is another one', async () => {
  await copyFile(file('gesture.abit'), file('other.abit'));
  await saveModel(file('other.model.json'), { ...model, layers: randomModel(4).layers });
  expect((await verified('other.abit')).provenance).toMatchObject({
    strangers: [expect.stringContaining('another model')],
  });
});

it('names the key that signed, and fails for a signature that does not belong to the bytes', async () => {
  await adiabit(['key', 'new', file('ours')]);
  await adiabit([
    'sign',
    file('gesture.abit'),
    '--key',
    file('ours.key'),
    '--product',
    'acme',
    '--counter',
    '1',
    '-o',
    file('signed.abit'),
  ]);
  expect((await verified('signed.abit')).provenance).toMatchObject({
    signature: { product: 'acme', securityCounter: 1, namesFile: true },
  });

  const signed = new Uint8Array(await readFile(file('signed.abit')));
  // The digest that it names.
  const manifest = manifestBytesOf(signed)!.map((byte, at) => (at === 70 ? byte ^ 1 : byte));
  await writeFile(file('forged.abit'), withManifest(signed, manifest));
  const { code, stdout } = await adiabit(['verify', file('forged.abit'), '--json']);
  expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'signature.invalid' } }]);
});
