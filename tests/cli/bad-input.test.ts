import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bitstreamOf, encodeBitstream, networkOfCounts } from '@adiabit/simulator';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { idxFile, writeEasyDigits } from '../support/digits.js';
import { failureWith, useTrainedDigits } from '../support/trained-digits.js';

const { failure, file } = useTrainedDigits();

describe('bad input gets exit code 1, its typed error and advice:', () => {
  const damaged = async (name: string, change: (bytes: Buffer) => Buffer): Promise<string> => {
    await writeFile(file(name), change(await readFile(file('digits.abit'))));
    return file(name);
  };

  it('a truncated bitstream', async () => {
    const path = await damaged('short.abit', (bytes) => bytes.subarray(0, 1000));
    expect(await failure('simulate', path)).toMatchObject({ code: 1, error: 'format.truncated' });
  });

  it('a bit-flipped bitstream, on every command that reads one, before a port is opened', async () => {
    const path = await damaged('flipped.abit', (bytes) => {
      bytes[5000] ^= 4;
      return bytes;
    });
    expect(await failure('simulate', path)).toMatchObject({ code: 1, error: 'format.digest-mismatch' });
    expect(await failure('flash', path, '--port', '/dev/not-there')).toMatchObject({ error: 'format.digest-mismatch' });
  });

  it('a bitstream of a newer version', async () => {
    const path = await damaged('newer.abit', (bytes) => {
      bytes[4] = 9;
      return bytes;
    });
    const { error, message } = await failure('simulate', path);
    expect(error).toBe('format.unsupported-version');
    expect(message).toContain('Update Adiabit');
  });

  it('an IDX file with the wrong magic or the wrong size', async () => {
    await writeEasyDigits(file('magic'), 20, 10);
    await writeFile(file('magic/train-images-idx3-ubyte'), 'GIF89a, not an IDX file at all');
    expect(await failure('train', '--data', file('magic'), '--out', file('x'))).toMatchObject({
      code: 1,
      error: 'format.bad-magic',
    });
    await writeEasyDigits(file('size'), 20, 10);
    await writeFile(file('size/train-images-idx3-ubyte'), idxFile([20, 28, 28], new Uint8Array(100)));
    expect(await failure('train', '--data', file('size'), '--out', file('x'))).toMatchObject({
      code: 1,
      error: 'format.truncated',
    });
  });

  it('a folder without data', async () => {
    expect(await failure('train', '--data', file('nowhere'), '--out', file('x'))).toMatchObject({
      code: 1,
      error: 'data.not-found',
    });
  });

  it('a model file with a wrong shape', async () => {
    const model = JSON.parse(await readFile(file('whole/mnist-demo.model.json'), 'utf8')) as {
      layers: { inputs: number }[];
    };
    model.layers[1].inputs = 127;
    await writeFile(file('shape.model.json'), JSON.stringify(model));
    const { code, error, message } = await failure('compile', file('shape.model.json'));
    expect({ code, error }).toEqual({ code: 1, error: 'model.shape-mismatch' });
    expect(message).toContain('Layer 1');
  });

  it('a file that is not there', async () => {
    expect(await failure('simulate', file('gone.abit'))).toMatchObject({ code: 1, error: 'data.not-found' });
    expect(await failure('compile', file('gone.model.json'))).toMatchObject({ code: 1, error: 'data.not-found' });
  });

  it('a board that another process holds, or whose flash cannot be kept', async () => {
    const boards = file('held/boards');
    await mkdir(boards, { recursive: true });
    await writeFile(join(boards, 'rp2040.flash.lock'), String(process.pid));
    const held = await failureWith(
      { ADIABIT_HOME: file('held') },
      'flash',
      file('digits.abit'),
      '--port',
      'virtual:rp2040',
    );
    expect(held).toMatchObject({ code: 1, error: 'transport.port-busy' });
    expect(held.message).toContain(String(process.pid));
    await mkdir(file('blocked/boards/rp2040.flash'), { recursive: true });
    const blocked = await failureWith(
      { ADIABIT_HOME: file('blocked') },
      'flash',
      file('digits.abit'),
      '--port',
      'virtual:rp2040',
    );
    expect(blocked).toMatchObject({ code: 1, error: 'transport.permission-denied' });
  });

  it('a flash file of the wrong size for an emulated board', async () => {
    for (const [board, bytes] of [
      ['uno', 1000],
      ['rp2040', 3 * 1024 * 1024],
    ] as const) {
      const kept = file(`foreign/boards/${board}.flash`);
      await mkdir(file('foreign/boards'), { recursive: true });
      await writeFile(kept, new Uint8Array(bytes));
      const args = ['flash', file('digits.abit'), '--port', `virtual:${board}`];
      const foreign = await failureWith({ ADIABIT_HOME: file('foreign') }, ...args);
      expect(foreign).toMatchObject({ code: 1, error: 'format.bad-value' });
      expect(foreign.message).toContain(`${bytes} bytes`);
      expect(foreign.message).toContain(kept);
      expect((await readFile(kept)).length).toBe(bytes);
    }
  });

  it('a board that runs another circuit than the one named', async () => {
    const env = { ADIABIT_HOME: file('other') };
    const data = ['--data', file('digits')];
    const ran = await failureWith(env, 'run', file('digits.abit'), '--port', 'virtual:rp2040', ...data);
    expect(ran).toMatchObject({ code: 1, error: 'flash.slot-unavailable' });
    expect(ran.message).toContain('no circuit');
  });

  it('counts of nothing, and usage errors as JSON too', async () => {
    for (const args of [
      ['simulate', file('digits.abit'), '--limit', '0'],
      ['run', file('digits.abit'), '--port', 'virtual:rp2040', '--count', '0'],
      ['compile', file('whole/mnist-demo.model.json'), '--golden', '0'],
      ['demo', '--digits', '0'],
      ['train', '--seed', '99999999999999999999'],
    ]) {
      expect(await failure(...args), args.join(' ')).toMatchObject({ code: 2, error: 'usage' });
    }
  });

  it('an output that cannot be written', async () => {
    const compiled = await failure('compile', file('whole/mnist-demo.model.json'), '-o', file('no/such/folder/x.abit'));
    expect(compiled).toMatchObject({ code: 1, error: 'file.not-found' });
  });

  it('a port that does not exist', async () => {
    const real = await failure('flash', file('digits.abit'), '--port', '/dev/ttyNOWHERE');
    expect(real).toMatchObject({ code: 1, error: 'transport.not-found' });
    expect(await failure('run', file('digits.abit'), '--port', 'virtual:z80', '--data', file('digits'))).toMatchObject({
      code: 1,
      error: 'transport.not-found',
    });
  });

  it('a bitstream that is too large for the board, with bytes needed and available, and nothing written', async () => {
    const outputs = 9000;
    const network = networkOfCounts([
      {
        activation: 'threshold',
        inputs: 784,
        outputs,
        inputBits: 8,
        shift: 0,
        weights: bitMatrixFrom(outputs, 784, () => true),
        thresholds: new Uint32Array(outputs),
        offsets: new Int32Array(),
      },
      {
        activation: 'integer',
        inputs: outputs,
        outputs: 2,
        inputBits: 1,
        shift: 0,
        weights: bitMatrixFrom(2, outputs, () => true),
        thresholds: new Uint32Array(),
        offsets: new Int32Array(2),
      },
    ]);
    const bytes = encodeBitstream(bitstreamOf(network, { name: 'large', modelDigest: '', compiler: '' }));
    await writeFile(file('large.abit'), bytes);
    const { code, error, message } = await failure('flash', file('large.abit'), '--port', 'virtual:rp2040');
    expect({ code, error }).toEqual({ code: 1, error: 'flash.too-large' });
    expect(message.replace(/\D/g, ' ')).toContain(String(bytes.length));
    expect(message).toMatch(/nothing was written/i);
  });
});
