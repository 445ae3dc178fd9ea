import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importOnnx } from '@adiabit/sdk/interchange';
import { loadModel } from '@adiabit/sdk/model';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from '../../sdk/src/interchange/onnx/schema/onnx_pb.js';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';

const vector = fileURLToPath(new URL('../vectors/onnx/brevitas-pictures-1w1a.onnx', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.dispose());

const file = (name: string): string => join(folder.path, name);

/** Moves the first tensor of a file into another file. */
async function withOutside(location: string): Promise<{ readonly model: Uint8Array; readonly data: Uint8Array }> {
  const model = fromBinary(ModelProtoSchema, await readFile(vector));
  const tensor = model.graph?.initializer.find(({ rawData }) => rawData.length > 64);
  if (tensor === undefined) throw new Error('There is no tensor.');
  const data = new Uint8Array([...new Uint8Array(16), ...tensor.rawData]);
  const entries = { location, offset: '16', length: String(tensor.rawData.length) };
  tensor.externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
  tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
  tensor.rawData = new Uint8Array(0);
  return { model: toBinary(ModelProtoSchema, model), data };
}

describe('adiabit import', () => {
  it('writes a model and its bitstream, and says how exact it is', async () => {
    const { code, stdout } = await adiabit([
      ...['import', vector, '-o', file('net.model.json'), '--bitstream', file('net.abit')],
      ...['--classes', 'a,b,c,d,e', '--json'],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ layers: 5, isExact: true, notes: [] });
    const model = await loadModel(file('net.model.json'));
    expect(model.name).toBe('brevitas-pictures-1w1a');
    expect(model.trainedOn).toEqual({ kind: 'picture', shape: [9, 14, 3], classNames: ['a', 'b', 'c', 'd', 'e'] });
    const exported = await adiabit(['export', file('net.abit'), '--format', 'onnx', '-o', file('net.onnx')]);
    expect(exported.code).toBe(0);
    expect(exported.stdout).toContain(`wrote ${file('net.onnx')}`);
    const text = (await readFile(file('net.onnx'))).toString('latin1');
    expect(text).toContain('adiabit.class_names');
    expect(text).toContain('["a","b","c","d","e"]');
  });

  it('reads weights from a file beside the model, and none from elsewhere', async () => {
    const { model, data } = await withOutside('weights.data');
    await writeFile(file('beside.onnx'), model);
    await writeFile(file('weights.data'), data);
    const read = await adiabit(['import', file('beside.onnx'), '--name', 'same']);
    expect(read.stderr).toBe('');
    const whole = importOnnx(await readFile(vector), { name: 'same' }).model;
    expect((await loadModel(file('beside.model.json'))).layers).toEqual(whole.layers);

    const elsewhere = await withOutside('../weights.data');
    await mkdir(file('inner'));
    await writeFile(file('inner/beside.onnx'), elsewhere.model);
    const refused = await adiabit(['import', file('inner/beside.onnx'), '--json']);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'format.bad-value' } });
  });

  it('refuses a file that is none, and flags that are no numbers', async () => {
    await writeFile(file('text.onnx'), 'a text');
    const refused = await adiabit(['import', file('text.onnx'), '--json']);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'format.bad-magic' } });
    const usage = await adiabit(['import', vector, '--mean', '0.5,x']);
    expect(usage.code).toBe(2);
    const two = await adiabit(['import', vector, '-o', file('two.json'), '--mean', '0.5,0.4', '--json']);
    expect(JSON.parse(two.stdout)).toMatchObject({ error: { code: 'data.bad-value' } });
  });
});
