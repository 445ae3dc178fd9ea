import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flashFleet, openDevice, openPort, type FleetOutcome } from '@adiabit/sdk/device';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit, withWrongGoldenVector } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(31);
const first = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 4 });
const second = sampleCircuit(next, { widths: [200, 300, 64, 10], inputBits: 8, goldenVectors: 4 });

const missing = missingTools(...HOST_TOOLS, 'socat');

describe.skipIf(missing.length > 0)(titled('a bench of three devices', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ports: PseudoTerminal[];
  const paths = (): string[] => ports.map(({ path }) => path);
  const flashFile = (index: number): string => join(folder.path, `flash-${index}`);

  beforeEach(async () => {
    folder = await temporaryFolder();
    ports = [0, 1, 2].map((index) => new PseudoTerminal(join(folder.path, `port-${index}`)));
    await Promise.all(ports.map((port, index) => port.plugInDevice(flashFile(index))));
  });
  afterEach(async () => {
    await Promise.all(ports.map((port) => port.unplug()));
    await folder.dispose();
  });

  const codes = (outcomes: readonly FleetOutcome[]): string[] =>
    outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code));

  /** Which circuit answers behind a port. */
  async function running(path: string): Promise<'first' | 'second' | 'neither'> {
    const session = await openDevice(path);
    try {
      const isSecond = session.device.activeSlot === 1;
      const circuit = isSecond ? second : first;
      const { outputs } = await session.infer(circuit.inputs[1]);
      return Buffer.from(outputs.buffer).equals(Buffer.from(circuit.outputs[1].buffer))
        ? isSecond
          ? 'second'
          : 'first'
        : 'neither';
    } finally {
      await session.close();
    }
  }

  it('loses one in the middle, flashes the others, and takes the lost one up again when it is back', async () => {
    const open = (port: string) => openDevice(port);
    expect(codes(await flashFleet(paths(), first.bytes, { open }))).toEqual(['ok', 'ok', 'ok']);

    const pulled: Promise<void>[] = [];
    const outcomes = await flashFleet(paths(), second.bytes, {
      open,
      onProgress: (port, { phase }) => {
        if (port === ports[1].path && phase === 'write' && pulled.length === 0) pulled.push(ports[1].unplug());
      },
    });
    await Promise.all(pulled);
    expect(codes(outcomes)).toEqual(['ok', 'transport.disconnected', 'ok']);
    expect(outcomes[1]).toMatchObject({ port: ports[1].path, opened: true });
    expect(codes(await flashFleet([ports[1].path], second.bytes, { open }))).toEqual(['transport.not-found']);

    await ports[1].plugInDevice(flashFile(1));
    expect(await Promise.all(paths().map(running))).toEqual(['second', 'first', 'second']);
    expect(codes(await flashFleet([ports[1].path], second.bytes, { open }))).toEqual(['ok']);
    expect(await running(ports[1].path)).toBe('second');
  });

  it('is left alone by a circuit that fails its self-test, device by device', async () => {
    const open = (port: string) => openDevice(port);
    await flashFleet(paths(), first.bytes, { open });
    const outcomes = await flashFleet(paths(), withWrongGoldenVector(second), { open });
    expect(codes(outcomes)).toEqual(Array(3).fill('flash.self-test-failed'));
    expect(await Promise.all(paths().map(running))).toEqual(['first', 'first', 'first']);
  });

  it('is flashed by one command: a port that another program holds fails, the rest do not, and the exit code tells', async () => {
    const file = join(folder.path, 'first.abit');
    await writeFile(file, first.bytes);
    const holder = await openPort(ports[2].path);
    const args = ['flash', file, ...paths().flatMap((path) => ['--port', path])];
    const { code, stdout, stderr } = await adiabit([...args, '--json']);
    await holder.close();
    expect(code).toBe(1);
    const { devices, flashed, failed } = JSON.parse(stdout) as {
      devices: { port: string; ok: boolean; bytes?: number; error?: { code: string } }[];
      flashed: number;
      failed: number;
    };
    expect([flashed, failed]).toEqual([2, 1]);
    expect(devices.map(({ port, ok, bytes, error }) => [port, ok, bytes ?? error?.code])).toEqual([
      [ports[0].path, true, first.bytes.length],
      [ports[1].path, true, first.bytes.length],
      [ports[2].path, false, 'transport.port-busy'],
    ]);
    expect(stderr).toContain('2 of 3 devices flashed');
    expect((await adiabit(args)).code).toBe(0);
  });

  it('names no port twice, and some port at all', async () => {
    const file = join(folder.path, 'first.abit');
    await writeFile(file, first.bytes);
    const twice = await adiabit(['flash', file, '--port', ports[0].path, '--port', ports[0].path]);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('is named twice')]);
    expect((await adiabit(['flash', file])).code).toBe(2);
  });
});
