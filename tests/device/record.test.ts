import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBoard } from '@adiabit/simulator/boards';
import { DeviceSession, openDevice, VirtualPorts } from '@adiabit/sdk/device';
import { loadDataOf, recordToFolder } from '@adiabit/sdk/workflow';
import { defaultAdam, trainingEvents, type Recipe } from '@adiabit/sdk/train';
import { readBoards } from '../../sdk/src/boards/catalogue.js';
import { machineOf } from '../../sdk/src/boards/images.js';
import { buildPatchedFirmware } from '../support/patched-firmware.js';
import { adiabit } from '../support/cli.js';
import { HostDevice, temporaryFolder } from '../support/host-device.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.dispose());

/** Two filters along the windows of both channels are enough to tell a wave from noise. */
const recipe: Recipe = {
  name: 'waves',
  description: 'a wave, or noise',
  network: {
    name: 'waves',
    inputs: 256,
    inputShape: [128, 2],
    inputBits: 8,
    divisor: 255,
    layers: [
      { kind: 'convolution', filters: 8, size: 16, stride: 8, realIn: ['both'] },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid' },
      { kind: 'global-average-pool' },
      { units: 2, activation: 'none', realIn: ['both'] },
    ],
    mode: 'both',
  },
  batchSize: 8,
  schedule: {
    phases: [3, 10, 100, 999].map((k) => ({ kWeight: k, kActivation: k, epochs: 3 })),
    learningRate: { initial: 0.01, k0: 3, power: 0.5, follows: 'kWeight' },
  },
  adam: defaultAdam,
};

const withoutPico = missingTools('make', 'arm-none-eabi-gcc');

describe.skipIf(withoutPico.length > 0)(titled('an emulated Pico with a sensor', withoutPico), () => {
  it('records three channels of its converter, a thousand samples a second of its own time', async () => {
    const make = ['-s', '-C', 'firmware-templates', 'rp2040', 'EXTRA=-DADIABIT_SENSOR=1', `BUILD=${folder.path}`];
    await promisify(execFile)('make', make, { cwd: root });
    const board = await startBoard(machineOf(readBoards().find(({ id }) => id === 'rp2040')!), {
      image: await readFile(join(folder.path, 'rp2040.bin')),
    });
    const path = 'virtual:rp2040';
    const port = { path, boardId: 'rp2040', name: 'rp2040', start: () => Promise.resolve(board) };
    const session = await openDevice(path, { virtualPorts: new VirtualPorts([port]) });
    const recorded = await recordToFolder({
      open: () => Promise.resolve({ session, close: () => session.close() }),
      label: 'still',
      seconds: 0.2,
      channels: ['x', 'y', 'z'],
      folder: folder.path,
    });
    expect(recorded).toMatchObject({ board: 'rp2040', samples: 200, sampleRateHz: 1000 });
    const rows = (await readFile(recorded.files[0], 'utf8')).trim().split('\n');
    expect(rows.length).toBe(201);
    for (const count of rows.slice(1).flatMap((row) => row.split(',').map(Number))) {
      expect(count).toBeGreaterThanOrEqual(0);
      expect(count).toBeLessThan(4096);
    }
  });
});

const missing = missingTools(...HOST_TOOLS, 'socat');

describe.skipIf(missing.length > 0)(titled('recording the sensor of a board', missing), () => {
  it('leaves files on which a network learns to tell the classes apart', async () => {
    const out = join(folder.path, 'data');
    for (const [label, hertz] of [
      ['still', 0],
      ['wave', 40],
    ] as const) {
      const terminal = new PseudoTerminal(join(folder.path, 'port'));
      await terminal.plugInDevice(join(folder.path, 'flash'), hertz);
      const asked = ['record', '--port', terminal.path, '--label', label, '--seconds', '0.6', '--recordings', '4'];
      const { code, stdout, stderr } = await adiabit([...asked, '--channels', 'x,y', '--out', out]);
      expect(code, stderr).toBe(0);
      expect(stdout).toContain(`${label}-004.csv: 600 samples of x, y at 1000 Hz`);
      await terminal.unplug();
    }
    const names = await readdir(out);
    expect(names.length).toBe(9);
    const lines = (await readFile(join(out, 'wave-001.csv'), 'utf8')).trim().split('\n');
    expect([lines.length, lines[0]]).toEqual([601, 'x,y']);

    const dataset = await loadDataOf(recipe, out);
    expect(dataset).toMatchObject({ classNames: ['still', 'wave'], sampleRateHz: 1000 });
    expect(dataset.channels?.map(({ name, countsPerUnit }) => [name, countsPerUnit])).toEqual([
      ['x', 1],
      ['y', 1],
    ]);
    for await (const event of trainingEvents({ recipe, dataset, seed: 1, backend: 'wasm' }))
      if (event.kind === 'end') expect(event.hardTestAccuracy).toBe(1);
  });

  it('asks for every sample once, whatever the replies hold, and goes on with the next number', async () => {
    const open = async () => {
      const session = await DeviceSession.open(new HostDevice(join(folder.path, 'flash')));
      return { session, close: () => session.close() };
    };
    const record = () => recordToFolder({ open, label: 'still', seconds: 0.3, folder: folder.path });
    const first = await record();
    const second = await record();
    expect([first, second].flatMap(({ files }) => files.map((file) => file.slice(-13)))).toEqual([
      'still-001.csv',
      'still-002.csv',
    ]);
    const session = await DeviceSession.open(new HostDevice(join(folder.path, 'other')));
    const now = await session.samples(0xffff_ffff);
    expect(now).toMatchObject({ channels: 2, sampleRateHz: 1000, values: new Int32Array(0) });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [once, again] = [await session.samples(now.first), await session.samples(now.first)];
    expect(again).toEqual(once);
    expect(once.values.length).toBe(128);
    const later = await session.samples(now.first + 10);
    expect([...later.values.subarray(0, 100)]).toEqual([...once.values.subarray(20, 120)]);
    await session.close();
  });

  it('says that samples were lost when the ring was too small, and which names are too few', async () => {
    const program = await buildPatchedFirmware(folder.path, {
      file: 'adiabit_sensor.h',
      before: '#define ADIABIT_SENSOR 0',
      after: '#define ADIABIT_SENSOR 1',
    });
    const open = async () => {
      const session = await DeviceSession.open(new HostDevice(join(folder.path, 'flash'), program));
      return { session, close: () => session.close() };
    };
    const asked = { open, label: 'still', seconds: 0.1, folder: folder.path };
    await expect(recordToFolder({ ...asked, channels: ['x'] })).rejects.toThrow('has 2 channels, but 1 names');
    const late = async () => {
      const board = await open();
      const samples = board.session.samples.bind(board.session);
      let asked = 0;
      board.session.samples = async (...parameters) => {
        if (++asked === 3) await new Promise((resolve) => setTimeout(resolve, 4300));
        return samples(...parameters);
      };
      return board;
    };
    await expect(recordToFolder({ ...asked, open: late })).rejects.toThrow(/\d+ samples were lost after 0/);
  });

  it('is refused by firmware without a sensor, with what to do', async () => {
    const program = await buildPatchedFirmware(folder.path);
    const open = async () => {
      const session = await DeviceSession.open(new HostDevice(join(folder.path, 'flash'), program));
      return { session, close: () => session.close() };
    };
    await expect(recordToFolder({ open, label: 'still', seconds: 1, folder: folder.path })).rejects.toMatchObject({
      code: 'data.not-found',
      message: expect.stringContaining('has no sensor') as string,
    });
  });
});
