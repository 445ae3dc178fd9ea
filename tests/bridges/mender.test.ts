/** The interface executable of Mender's orchestrator, in every order of states, with the real firmware behind a serial port. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDevice } from '@adiabit/sdk/device';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { menderInterface } from '../../sdk/src/bridges/mender/interface.js';
import { UPDATE_STATES } from '../../sdk/src/bridges/mender/states.js';
import { booting, running } from '../../sdk/src/bridges/steps.js';
import { boardAt } from '../../sdk/src/workflow/boards.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const CLI = fileURLToPath(new URL('../../sdk/bin/adiabit.js', import.meta.url));
const next = repeatableNumbers(2207);
const [first, second] = [0, 1].map(() => sampleCircuit(next, { widths: [129, 33, 5], inputBits: 1, goldenVectors: 2 }));
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const [firstDigest, secondDigest] = [digestOf(first.bytes), digestOf(second.bytes)];
const [DOWNLOAD, INSTALL, REBOOT, VERIFY, COMMIT, CLEANUP] = UPDATE_STATES;
const ROLLBACK = ['ArtifactRollback', 'ArtifactRollbackReboot', 'ArtifactVerifyRollbackReboot'] as const;

const missing = missingTools('socat', ...HOST_TOOLS);
describe.skipIf(missing.length > 0)(titled("Mender's orchestrator", missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let terminal: PseudoTerminal;
  beforeEach(async () => {
    folder = await temporaryFolder();
    terminal = new PseudoTerminal(join(folder.path, 'tty'));
    await terminal.plugInDevice(join(folder.path, 'flash'));
    // What the device had before the update.
    update('first', first.bytes);
    for (const state of UPDATE_STATES) await call(state, 'first');
    update('second', second.bytes);
  });
  afterEach(async () => {
    await terminal.unplug();
    await folder.dispose();
  });

  const filesOf = (name: string): string => join(folder.path, name);
  /** Lays out the folder of an update as the orchestrator does. */
  const update = (name: string, bytes: Uint8Array): void => {
    mkdirSync(join(filesOf(name), 'files'), { recursive: true });
    writeFileSync(join(filesOf(name), 'files', 'circuit.abit'), bytes);
  };
  const call = (state: string, name = 'second') =>
    menderInterface({ state, files: filesOf(name), open: boardAt({ port: terminal.path, baudRate: 115_200 }) });
  const callAll = async (...states: readonly string[]): Promise<void> => {
    for (const state of states) await call(state);
  };
  const circuits = async () => {
    const session = await openDevice(terminal.path);
    try {
      return { runs: await running(session), boots: await booting(session) };
    } finally {
      await session.close();
    }
  };
  const OLD = { runs: firstDigest, boots: firstDigest };
  const ON_TRIAL = { runs: secondDigest, boots: firstDigest };
  const NEW = { runs: secondDigest, boots: secondDigest };

  it('updates in the order of its states, each of which is one step of the link', async () => {
    const steps = [
      [DOWNLOAD, OLD],
      [INSTALL, OLD],
      [REBOOT, ON_TRIAL],
      [VERIFY, ON_TRIAL],
      [COMMIT, NEW],
      [CLEANUP, NEW],
    ] as const;
    for (const [state, then] of steps) {
      expect(await call(state)).toEqual([]);
      expect(await circuits()).toEqual(then);
    }
  });

  it('may ask for every state twice', async () => {
    await callAll(...UPDATE_STATES.flatMap((state) => (state === CLEANUP ? [state] : [state, state])));
    expect(await circuits()).toEqual(NEW);
    await callAll(CLEANUP);
  });

  it.each([
    ['the download', [DOWNLOAD]],
    ['the install', [DOWNLOAD, INSTALL]],
    ['the reboot', [DOWNLOAD, INSTALL, REBOOT]],
    ['the check', [DOWNLOAD, INSTALL, REBOOT, VERIFY]],
    ['the commit', [DOWNLOAD, INSTALL, REBOOT, VERIFY, COMMIT]],
  ] as const)('rolls back after %s, once or twice', async (_, states) => {
    await callAll(...states, ...ROLLBACK);
    expect(await circuits()).toEqual(OLD);
    await callAll(...ROLLBACK, 'ArtifactFailure', CLEANUP);
    expect(await circuits()).toEqual(OLD);
  });

  it('updates again after a rollback', async () => {
    await callAll(DOWNLOAD, INSTALL, REBOOT, ...ROLLBACK, 'ArtifactFailure', CLEANUP, ...UPDATE_STATES);
    expect(await circuits()).toEqual(NEW);
  });

  it('finds a device that lost its power between the reboot and the check, and the old circuit on it', async () => {
    await callAll(DOWNLOAD, INSTALL, REBOOT);
    await terminal.unplug();
    await terminal.plugInDevice(join(folder.path, 'flash'));
    await expect(call(VERIFY)).rejects.toMatchObject({ code: 'flash.reverted' });
    await expect(call(COMMIT)).rejects.toMatchObject({ code: 'flash.reverted' });
    await callAll(...ROLLBACK);
    expect(await circuits()).toEqual(OLD);
  });

  it('refuses updates that are none, before anything is written', async () => {
    const damaged = second.bytes.slice();
    damaged[300] ^= 1;
    update('damaged', damaged);
    update('two', first.bytes);
    writeFileSync(join(filesOf('two'), 'files', 'other.abit'), second.bytes);
    for (const [name, code] of [
      ['damaged', 'format.'],
      ['two', 'bridge.bad-payload'],
    ] as const) {
      const refused = { code: expect.stringContaining(code) as string };
      await expect(call(DOWNLOAD, name)).rejects.toMatchObject(refused);
      await expect(call(INSTALL, name)).rejects.toMatchObject(refused);
    }
    await expect(call(REBOOT, 'nowhere')).rejects.toMatchObject({ code: 'bridge.no-update' });
    await expect(call(INSTALL, 'nowhere')).rejects.toMatchObject({ code: 'bridge.bad-payload' });
    await callAll(...ROLLBACK);
    expect(await circuits()).toEqual(OLD);
  });

  it('answers what it is asked, and nothing to states of later versions', async () => {
    expect(await call('SupportsRollback')).toEqual(['Yes']);
    expect(await call('NeedsArtifactReboot')).toEqual(['Yes']);
    expect(await call('NeedsUnpackedArtifact')).toEqual(['Yes']);
    expect(await call('ProvidePayloadFileSizes')).toEqual(['No']);
    expect(await call('Provides')).toEqual([`adiabit.circuit=${firstDigest}`]);
    expect(await call('Identity')).toEqual([expect.stringMatching(/^id=[0-9a-f]{8}$/)]);
    expect(await call('Inventory')).toContain('board=host');
    expect(await call('ArtifactTeleport')).toEqual([]);
  });

  /** Runs the executable, and kills it after some milliseconds. */
  const run = (state: string, killAfterMs?: number): Promise<number | null> =>
    new Promise((resolve) => {
      const options = ['--port', terminal.path, '--baud', '115200'];
      const child = spawn(process.execPath, [CLI, 'mender-interface', state, filesOf('second'), 'sensor', ...options], {
        stdio: 'ignore',
      });
      const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      child.once('close', (status) => {
        clearTimeout(timer);
        resolve(status);
      });
    });

  it('may kill the executable in any state and ask for it again', async () => {
    const number = repeatableNumbers(7);
    for (const state of UPDATE_STATES) {
      await run(state, 300 + number(1500));
      expect(await run(state)).toBe(0);
    }
    expect(await circuits()).toEqual(NEW);
    rmSync(filesOf('second'), { recursive: true });
    expect(await run(COMMIT)).toBe(1);
  }, 300_000);
});
