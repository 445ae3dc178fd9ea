/** A controller of hawkBit with the real firmware behind it, against a server that keeps to the DDI reference. */
import { createHash } from 'node:crypto';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeviceSession } from '@adiabit/sdk/device';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DdiEvent, DdiOptions } from '../../sdk/src/bridges/ddi/options.js';
import { runDdi } from '../../sdk/src/bridges/ddi/run.js';
import { DdiServer } from '../../sdk/src/bridges/ddi/server.js';
import { booting, running } from '../../sdk/src/bridges/steps.js';
import { generateKeys, readPrivateKey, signBitstream } from '../../sdk/src/signature/index.js';
import { adiabit } from '../support/cli.js';
import { DdiPeer } from '../support/ddi-peer.js';
import { HostDevice, temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const CONTROLLER = { tenant: 'DEFAULT', controllerId: 'bench 7', token: 's3cret' };
const next = repeatableNumbers(2206);
const [first, second] = [0, 1].map(() => sampleCircuit(next, { widths: [65, 33, 5], inputBits: 1, goldenVectors: 2 }));
const fileOf = (bytes: Uint8Array) => [{ filename: 'circuit.abit', bytes }];
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const missing = missingTools(...HOST_TOOLS);
describe.skipIf(missing.length > 0)(titled('a controller of a DDI server', missing), () => {
  let peer: DdiPeer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let events: DdiEvent[];
  beforeEach(async () => {
    events = [];
    folder = await temporaryFolder();
    // The address has the controller's id as a part of a path, so it is escaped there.
    peer = new DdiPeer({ ...CONTROLLER, controllerId: encodeURIComponent(CONTROLLER.controllerId) });
    await peer.listen();
  });
  afterEach(async () => {
    await peer.close();
    await folder.dispose();
  });

  const openDevice = () => DeviceSession.open(new HostDevice(join(folder.path, 'flash')));
  const device = async () => {
    const session = await openDevice();
    return { session, close: () => session.close() };
  };
  /** What the device runs and what it would boot. */
  const circuits = async (): Promise<readonly (string | undefined)[]> => {
    const session = await openDevice();
    try {
      return [await running(session), await booting(session)];
    } finally {
      await session.close();
    }
  };
  const options = (): DdiOptions => ({
    server: new DdiServer({
      url: peer.url,
      controllerId: CONTROLLER.controllerId,
      token: { kind: 'target', token: CONTROLLER.token },
    }),
    open: device,
    folder: join(folder.path, 'downloads'),
    onEvent: (event) => events.push(event),
  });
  const once = (more: Partial<DdiOptions> = {}) => runDdi({ ...options(), once: true, ...more });
  const detailsOf = (id: string): readonly string[] =>
    peer.told.filter((one) => one.id === id).flatMap(({ details }) => details);

  it('tells what the device is when it is asked, and only then', async () => {
    peer.wantsConfigData = true;
    await once();
    expect(peer.configData).toMatchObject({ board: 'host', slots: '2' });
    peer.configData = undefined;
    await once();
    expect(peer.configData).toBeUndefined();
  });

  it('installs what is deployed, and tells every phase and the end', async () => {
    const id = peer.deploy([...fileOf(first.bytes), { filename: 'readme.txt', bytes: Buffer.from('For people.') }]);
    await once();
    expect(peer.closed(id)).toMatchObject({ action: 'deploymentBase', finished: 'success' });
    const phases = ['download', 'hello', 'erase', 'write', 'verify', 'self-test', 'confirm'];
    expect(detailsOf(id).slice(0, -1)).toEqual(phases);
    expect(await circuits()).toEqual([digestOf(first.bytes), digestOf(first.bytes)]);
    expect(peer.isOpen).toBe(false);
    expect(peer.refused).toEqual([]);
  });

  it('goes on with a download from where it was cut', async () => {
    const id = peer.deploy(fileOf(first.bytes));
    peer.cutAfter = 500;
    const path = join(folder.path, 'downloads', `${digestOf(first.bytes)}.abit`);
    peer.cutWhen = async () => {
      while (!existsSync(path) || statSync(path).size < 500) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await once();
    expect(peer.told.at(-1)).toMatchObject({ execution: 'proceeding' });
    expect(events.at(-1)).toMatchObject({ kind: 'trouble', error: { code: 'bridge.unreachable' } });
    await once();
    expect(peer.ranges).toEqual([undefined, 'bytes=500-']);
    expect(peer.closed(id)).toMatchObject({ finished: 'success' });
  });

  it('downloads anew what was damaged on the way', async () => {
    const id = peer.deploy(fileOf(first.bytes));
    peer.damages = true;
    await once();
    expect(detailsOf(id).at(-1)).toContain('bridge.download-damaged');
    await once();
    expect(peer.ranges).toEqual([undefined, undefined]);
    expect(peer.closed(id)).toMatchObject({ finished: 'success' });
  });

  it('says so when a deployment cannot be installed, and the device keeps what it had', async () => {
    peer.deploy(fileOf(first.bytes));
    await once();
    const before = await circuits();
    const damaged = second.bytes.slice();
    damaged[200] ^= 1;
    const [{ publicKey }, { privateKey }] = [generateKeys(), generateKeys()];
    const signedByOther = signBitstream(second.bytes, readPrivateKey(privateKey), {
      product: 'acme',
      securityCounter: 1,
    });
    const publicKeyFile = join(folder.path, 'trusted.pub');
    writeFileSync(publicKeyFile, publicKey);
    const cases = [
      [fileOf(damaged), {}, 'format.'],
      [[], {}, 'bridge.bad-payload'],
      [[...fileOf(second.bytes), { filename: 'b.abit', bytes: first.bytes }], {}, 'bridge.bad-payload'],
      [fileOf(second.bytes), { publicKeyFile }, 'signature.missing'],
      [fileOf(signedByOther), { publicKeyFile }, 'signature.other-key'],
    ] as const;
    for (const [files, more, code] of cases) {
      const id = peer.deploy(files);
      await once(more);
      expect(peer.closed(id)).toMatchObject({ finished: 'failure' });
      expect(detailsOf(id).at(-1)).toContain(code);
    }
    expect(await circuits()).toEqual(before);
  });

  it('confirms a cancellation that comes before the work', async () => {
    const id = peer.deploy(fileOf(first.bytes));
    peer.cancel();
    await once();
    expect(peer.told).toMatchObject([{ action: 'cancelAction', id, execution: 'closed', finished: 'success' }]);
    expect(await circuits()).toEqual([undefined, undefined]);
  });

  it('cancels in the middle of the work, and the device keeps what it had', async () => {
    peer.deploy(fileOf(first.bytes));
    await once();
    const id = peer.deploy(fileOf(second.bytes));
    // The device hangs in the write until the wish has come.
    let wished = false;
    peer.onFeedback = ({ details }) => {
      if (details[0] === 'erase') {
        peer.cancel();
        wished = true;
      }
    };
    const slow = async () => {
      const board = await device();
      const write = board.session.write.bind(board.session);
      board.session.write = async (bytes, onProgress, signal) => {
        while (!wished || signal?.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
        return write(bytes, onProgress, signal);
      };
      return board;
    };
    await once({ open: slow });
    expect(peer.told.at(-1)).toMatchObject({ action: 'cancelAction', id, execution: 'closed', finished: 'success' });
    expect(events.at(-1)).toEqual({ kind: 'cancelled', id });
    expect(await circuits()).toEqual([digestOf(first.bytes), digestOf(first.bytes)]);
  });

  it('rejects a cancellation that comes too late, and closes the action as done', async () => {
    const id = peer.deploy(fileOf(first.bytes));
    const late = async () => {
      const board = await device();
      const confirm = board.session.confirm.bind(board.session);
      board.session.confirm = async (slot, signal) => {
        const reply = await confirm(slot, signal);
        peer.cancel();
        while (peer.cancelsRead === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return reply;
      };
      return board;
    };
    await once({ open: late });
    expect(peer.told.slice(-2)).toMatchObject([
      { action: 'cancelAction', id, execution: 'rejected' },
      { action: 'deploymentBase', id, execution: 'closed', finished: 'success' },
    ]);
    expect(await circuits()).toEqual([digestOf(first.bytes), digestOf(first.bytes)]);
  });

  it('leaves an action that the server has closed by itself', async () => {
    const id = peer.deploy(fileOf(first.bytes));
    peer.onFeedback = ({ details }) => {
      if (details[0] === 'download') peer.forceClose();
    };
    await once().catch(() => undefined);
    expect(peer.closed(id)).toBeUndefined();
    expect(await circuits()).toEqual([undefined, undefined]);
  });

  it('downloads only, until the window opens', async () => {
    const id = peer.deploy(fileOf(first.bytes), 'skip');
    await once();
    expect(peer.told.at(-1)).toMatchObject({ id, execution: 'downloaded', finished: 'none' });
    expect(await circuits()).toEqual([undefined, undefined]);
    peer.openWindow();
    await once();
    expect(peer.closed(id)).toMatchObject({ finished: 'success' });
    expect(peer.ranges).toHaveLength(1);
  });

  it('does not flash again what an earlier client has confirmed before it could say so', async () => {
    peer.deploy(fileOf(first.bytes));
    await once();
    const id = peer.deploy(fileOf(first.bytes));
    await once();
    expect(detailsOf(id)).toEqual(['download', expect.stringContaining('runs and is confirmed')]);
    expect(peer.ranges).toHaveLength(1);
  });

  it('tries again while the device is not there, and gives up in the end', async () => {
    const id = peer.deploy(fileOf(first.bytes));
    const gone: DdiOptions['open'] = async () => {
      const board = await device();
      await board.close();
      return board;
    };
    const stop = new AbortController();
    const clock = {
      now: () => performance.now(),
      after: (_: number, callback: () => void) => {
        const timer = setTimeout(callback, 20);
        return () => clearTimeout(timer);
      },
    };
    const running = runDdi({ ...options(), open: gone, tries: 3, signal: stop.signal, clock });
    while (peer.closed(id) === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(events.filter(({ kind }) => kind === 'trouble')).toHaveLength(2);
    expect(peer.closed(id)).toMatchObject({ finished: 'failure' });
  });

  const noSocat = missingTools('socat');
  it.skipIf(noSocat.length > 0)(titled('is a command, for one poll', noSocat), async () => {
    const terminal = new PseudoTerminal(join(folder.path, 'tty'));
    await terminal.plugInDevice(join(folder.path, 'flash'));
    try {
      const id = peer.deploy(fileOf(first.bytes));
      const server = ['--url', peer.url, '--controller-id', CONTROLLER.controllerId, '--target-token', 'env:TOKEN'];
      const place = ['--port', terminal.path, '--downloads', join(folder.path, 'downloads'), '--once'];
      const { code, stdout } = await adiabit(['ddi', ...server, ...place], { env: { TOKEN: CONTROLLER.token } });
      expect([code, stdout]).toEqual([
        0,
        expect.stringContaining(`action ${id}: circuit ${digestOf(first.bytes)} runs`),
      ]);
      expect(peer.closed(id)).toMatchObject({ finished: 'success' });
    } finally {
      await terminal.unplug();
    }
  });

  it('shows its token to the server alone, and to no server that is not encrypted', async () => {
    const wrong = { ...CONTROLLER, token: { kind: 'target', token: 'wrong' } } as const;
    await expect(
      once({ server: new DdiServer({ url: peer.url, controllerId: CONTROLLER.controllerId, token: wrong.token }) }),
    ).rejects.toMatchObject({ code: 'bridge.not-allowed' });
    const open = { url: 'http://hawkbit.example.org', controllerId: 'a', token: wrong.token };
    expect(() => new DdiServer(open)).toThrow(expect.objectContaining({ code: 'bridge.bad-option' }) as Error);
    expect(() => new DdiServer({ ...open, url: 'ftp://a' })).toThrow(/no address of a server/);
  });

  it('says what is wrong with a server that is none', async () => {
    const here = options();
    await peer.close();
    await expect(runDdi({ ...here, once: true })).rejects.toMatchObject({ code: 'bridge.unreachable' });
    peer = new DdiPeer({ ...CONTROLLER, controllerId: 'another' });
    await peer.listen();
    await expect(once()).rejects.toMatchObject({ code: 'bridge.refused' });
  });
});
