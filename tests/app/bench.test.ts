/** The bench without a page: devices that come and go at the wrong moment. */
import { realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest } from '@adiabit/simulator/bitstream';
import type { PortDescription } from '@adiabit/sdk/device';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlashJob } from '../../desktop-app/src/common/contract/flashing.js';
import { openBench } from '../../desktop-app/src/services/bench/bench.js';
import { libraryFile } from '../../desktop-app/src/services/library-files.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const noSocat = missingTools('socat', ...HOST_TOOLS);

const next = repeatableNumbers(7);
const circuit = (hidden: number) =>
  sampleCircuit(next, { widths: [64, hidden, 4], inputBits: 1, goldenVectors: 1 }).bytes;

describe('the bench', () => {
  let stateFolder: string;
  let ports: readonly PortDescription[];
  let bench: Awaited<ReturnType<typeof openBench>>;
  const open = async (): Promise<void> => {
    bench = await openBench(
      { stateFolder },
      () => undefined,
      () => Promise.resolve(ports),
    );
  };
  /** Puts a bitstream into the library, as the lab does. */
  const keep = async (bytes: Uint8Array): Promise<string> => {
    const id = toHex(bitstreamDigest(bytes));
    await mkdir(join(stateFolder, 'library'), { recursive: true });
    await writeFile(libraryFile(stateFolder, id), bytes);
    return id;
  };
  const ended = async (job: FlashJob): Promise<FlashJob> => {
    const find = async (): Promise<FlashJob | undefined> =>
      (await bench.handlers.listFlashJobs({})).find(({ id }) => id === job.id);
    await expect.poll(async () => (await find())?.state, { timeout: 30_000 }).not.toBe('running');
    return (await find())!;
  };
  const only = async () => (await bench.handlers.listDevices({}))[0];

  beforeEach(async () => {
    stateFolder = await mkdtemp(join(tmpdir(), 'adiabit-bench-'));
    ports = [];
    await open();
  });
  afterEach(async () => {
    await bench.close();
    await rm(stateFolder, { recursive: true, force: true });
  });

  it('leaves a board unplugged that is unplugged while it is connected, and connects it when it is plugged in', async () => {
    const starting = bench.handlers.startEmulatedBoard({ board: 'mega' });
    await expect
      .poll(async () => ((await only()) as { state?: { kind: string } } | undefined)?.state?.kind)
      .toBe('connecting');
    await bench.handlers.unplugEmulatedBoard({ device: 'emulated:1' });
    await starting;
    expect((await only()).state.kind).toBe('gone');
    expect((await bench.handlers.plugInEmulatedBoard({ device: 'emulated:1' })).state.kind).toBe('live');
  });

  it('plugs a board in at once after it was pulled', async () => {
    await bench.handlers.startEmulatedBoard({ board: 'mega' });
    for (let times = 0; times < 3; times++) {
      const pulled = bench.handlers.unplugEmulatedBoard({ device: 'emulated:1' });
      expect((await bench.handlers.plugInEmulatedBoard({ device: 'emulated:1' })).state.kind).toBe('live');
      await pulled;
    }
  });

  it('writes a device once at a time, and tells of its room while it is written', async () => {
    await bench.handlers.startEmulatedBoard({ board: 'mega' });
    const bitstream = await keep(circuit(400));
    const devices = ['emulated:1'];
    const [first] = await bench.handlers.flash({ devices, bitstream });
    const [second] = await bench.handlers.flash({ devices, bitstream });
    expect(second).toMatchObject({ state: 'failed', error: { code: 'app.not-now' } });
    expect(await bench.handlers.checkFit({ device: 'emulated:1', bitstream })).toEqual({ fits: true, slot: 0 });
    expect(await bench.handlers.isWriting({})).toBe(true);
    const done = await ended(first);
    expect(done).toMatchObject({ state: 'done', slot: 0, result: { slot: 0, goldenVectors: 1 } });
    expect(Object.keys(done.stepsMs)).toEqual(['hello', 'erase', 'write', 'verify', 'self-test', 'confirm']);
    expect(await bench.handlers.isWriting({})).toBe(false);
    expect((await only()).about).toMatchObject({
      activeSlot: 0,
      slots: [{ digest: bitstream, state: 'confirmed' }, {}],
    });
  });

  it('has emulated boards again with what they held and their names, when it is opened anew', async () => {
    await bench.handlers.startEmulatedBoard({ board: 'mega' });
    const bitstream = await keep(circuit(20));
    const [job] = await bench.handlers.flash({ devices: ['emulated:1'], bitstream });
    await ended(job);
    await bench.handlers.renameDevice({ device: 'emulated:1', name: 'on the left' });
    await bench.close();
    await open();
    const board = await bench.handlers.connectDevice({ device: 'emulated:1' });
    expect(board).toMatchObject({ name: 'on the left', state: { kind: 'live' }, about: { activeSlot: 0 } });
    await bench.handlers.removeEmulatedBoard({ device: 'emulated:1' });
    expect(await bench.handlers.listDevices({})).toEqual([]);
  });

  it('does not say hello to a port that was never ours, and keeps its name when it comes back elsewhere', async () => {
    const adapter = { kind: 'serial', name: 'FTDI', vendorId: '0403', productId: '6001', serialNumber: 'A1' } as const;
    ports = [{ ...adapter, path: '/dev/ttyNothing0' }];
    await expect.poll(only, { timeout: 5000 }).toMatchObject({ path: '/dev/ttyNothing0', state: { kind: 'unasked' } });
    await bench.handlers.renameDevice({ device: (await only()).id, name: 'the red one' });
    ports = [];
    await expect.poll(only, { timeout: 5000 }).toMatchObject({ state: { kind: 'gone' } });
    ports = [{ ...adapter, path: '/dev/ttyNothing4' }];
    await expect
      .poll(() => bench.handlers.listDevices({}), { timeout: 5000 })
      .toMatchObject([{ name: 'the red one', path: '/dev/ttyNothing4', state: { kind: 'unasked' } }]);
  });

  it('says of a port that cannot be opened why not, and of a bitstream for it that it is not there', async () => {
    const added = await bench.handlers.addPort({ path: '/dev/ttyNothing1' });
    expect(added.state).toMatchObject({ kind: 'refused', error: { code: 'transport.not-found' } });
    const bitstream = await keep(circuit(8));
    expect(await bench.handlers.checkFit({ device: added.id, bitstream })).toMatchObject({
      fits: false,
      error: { code: 'transport.not-found' },
    });
    const [job] = await bench.handlers.flash({ devices: [added.id], bitstream });
    expect(await ended(job)).toMatchObject({ state: 'failed', error: { code: 'transport.not-found' } });
  });

  it.skipIf(noSocat.length > 0)(
    titled('knows a chip again on another port by its own id, and tells two equal boards apart', noSocat),
    async () => {
      const terminals = ['a', 'b', 'c'].map((name) => new PseudoTerminal(join(stateFolder, name)));
      const [first, other, second] = terminals;
      try {
        await first.plugInDevice(join(stateFolder, 'left.flash'));
        await other.plugInDevice(join(stateFolder, 'right.flash'));
        const left = await bench.handlers.addPort({ path: realpathSync(first.path) });
        const right = await bench.handlers.addPort({ path: realpathSync(other.path) });
        expect(left.about?.chipId).toMatch(/^[0-9a-f]{8}$/);
        expect(right.about?.chipId).not.toBe(left.about?.chipId);
        await bench.handlers.renameDevice({ device: left.id, name: 'left' });
        await bench.handlers.renameDevice({ device: right.id, name: 'right' });

        await first.unplug();
        await expect.poll(async () => (await bench.handlers.listDevices({}))[0].state.kind).toBe('gone');
        // Takes the number that the first one gave back.
        await second.plugIn('EXEC:cat');
        const elsewhere = new PseudoTerminal(join(stateFolder, 'd'));
        terminals.push(elsewhere);
        await elsewhere.plugInDevice(join(stateFolder, 'left.flash'));
        await bench.handlers.addPort({ path: realpathSync(elsewhere.path) });
        const devices = await bench.handlers.listDevices({});
        expect(devices.map(({ name, about }) => [name, about?.chipId])).toEqual([
          ['right', right.about?.chipId],
          ['left', left.about?.chipId],
        ]);
      } finally {
        await Promise.all(terminals.map((terminal) => terminal.unplug()));
      }
    },
  );
});
