import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  generateKeys,
  readPrivateKey,
  readPublicKey,
  signBitstream,
  fingerprint,
  publicKeyBytes,
} from '@adiabit/sdk/signature';
import { memoryBroker, type BoardPort, type Connection } from '@adiabit/sdk/fleet';
import { circuitOf, FleetWatcher, hostPort, startGateway, type RunningGateway } from '../support/fleet.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit, withWrongGoldenVector } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(71);
const first = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 4 });
const second = sampleCircuit(next, { widths: [200, 300, 64, 10], inputBits: 8, goldenVectors: 4 });
const missing = missingTools(...HOST_TOOLS);

describe.skipIf(missing.length > 0)(titled('a gateway', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let connect: () => Connection;
  let watcher: FleetWatcher;
  let gateways: RunningGateway[];
  beforeEach(async () => {
    folder = await temporaryFolder();
    connect = memoryBroker();
    watcher = await FleetWatcher.open(connect());
    gateways = [];
  });
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await folder.dispose();
  });

  const port = (name: string): BoardPort => hostPort(folder.path, name);
  const gateway = (id: string, ports: readonly BoardPort[] | (() => Promise<readonly BoardPort[]>), more = {}) => {
    const running = startGateway(id, {
      connection: connect(),
      ports,
      cacheFolder: join(folder.path, `cache-${id}`),
      ...more,
    });
    gateways.push(running);
    return running;
  };
  const confirmed = (chips: readonly string[]) => chips.map((chip) => watcher.reported.get(chip)?.confirmed);

  it('has its boards run what is desired, and says what they run', async () => {
    gateway('bench', [port('a'), port('b')]);
    const chips = await watcher.boards(2);
    expect(confirmed(chips)).toEqual([undefined, undefined]);
    const canary = { inferences: 20, seed: 5 };
    const wish = await watcher.wish(chips, first.bytes, { canary });
    expect(await watcher.outcomes(chips, wish)).toEqual(['succeeded', 'succeeded']);
    expect(confirmed(chips)).toEqual(Array(2).fill(circuitOf(first.bytes)));
    expect(watcher.reported.get(chips[0])).toMatchObject({ gateway: 'bench', present: true, board: { kind: 'host' } });
  });

  it('tries a wish once, after a restart, too, and goes back to a circuit that lies in a slot without its file', async () => {
    const steps: string[] = [];
    const observer = { onStep: (_chip: string, _wish: string | undefined, step: string) => void steps.push(step) };
    const running = gateway('bench', [port('a')], { observer });
    const chips = await watcher.boards(1);
    await watcher.ended(chips, await watcher.wish(chips, first.bytes));
    await watcher.ended(chips, await watcher.wish(chips, second.bytes));
    expect(steps).toEqual(Array(2).fill(['fetch', 'check', 'erase', 'write', 'verify', 'self-test', 'confirm']).flat());
    await running.stop();

    steps.length = 0;
    watcher.reported.clear();
    gateway('bench', [port('a')], { observer });
    await watcher.boards(1);
    const wish = await watcher.wishFor(chips, { circuit: circuitOf(first.bytes), canary: { inferences: 9, seed: 1 } });
    expect(await watcher.outcomes(chips, wish)).toEqual(['succeeded']);
    expect(steps).toEqual(['check', 'self-test', 'canary', 'confirm']);
    expect(confirmed(chips)).toEqual([circuitOf(first.bytes)]);
  });

  it('keeps the circuit of before when a new one fails, and says why', async () => {
    gateway('bench', [port('a')]);
    const chips = await watcher.boards(1);
    await watcher.ended(chips, await watcher.wish(chips, first.bytes));
    const outcomesOf = async (wish: Promise<string>) => watcher.outcomes(chips, await wish);
    expect(await outcomesOf(watcher.wish(chips, withWrongGoldenVector(second)))).toEqual([
      'failed flash.self-test-failed',
    ]);
    expect(
      await outcomesOf(watcher.wish(chips, second.bytes, { circuit: circuitOf(first.bytes).replaceAll(/./g, '0') })),
    ).toEqual(['failed fleet.other-circuit']);
    expect(await outcomesOf(watcher.wishFor(chips, { circuit: circuitOf(second.bytes) }))).toEqual([
      'failed fleet.no-file',
    ]);
    expect(
      await outcomesOf(watcher.wish(chips, second.bytes.subarray(0, 100), { circuit: circuitOf(second.bytes) })),
    ).toEqual(['failed format.truncated']);
    expect(confirmed(chips)).toEqual([circuitOf(first.bytes)]);
    expect(watcher.reported.get(chips[0])?.active).toBe(circuitOf(first.bytes));
  });

  it('takes only what its keys have signed, if it or the wish says so', async () => {
    const [ours, theirs] = [generateKeys(), generateKeys()];
    const key = readPublicKey(ours.publicKey);
    const id = fingerprint(publicKeyBytes(key));
    const options = { product: 'sample', securityCounter: 1 };
    const signed = signBitstream(second.bytes, readPrivateKey(ours.privateKey), options);
    const foreign = signBitstream(second.bytes, readPrivateKey(theirs.privateKey), options);
    const circuit = circuitOf(second.bytes);
    gateway('strict', [port('a')], { policy: { trustedKeys: [key], requireSignature: true } });
    gateway('lax', [port('b')]);
    const chips = await watcher.boards(2);
    const outcomesOf = async (wish: Promise<string>): Promise<Record<string, string>> => {
      const outcomes = await watcher.outcomes(chips, await wish);
      return Object.fromEntries(chips.map((chip, index) => [watcher.reported.get(chip)!.gateway, outcomes[index]]));
    };
    expect(await outcomesOf(watcher.wish(chips, first.bytes))).toEqual({
      strict: 'failed signature.missing',
      lax: 'succeeded',
    });
    expect(await outcomesOf(watcher.wish(chips, foreign, { circuit }))).toMatchObject({
      strict: 'failed signature.other-key',
    });
    expect(await outcomesOf(watcher.wish(chips, first.bytes))).toMatchObject({ lax: 'succeeded' });
    expect(await outcomesOf(watcher.wish(chips, signed, { circuit, signedBy: [id] }))).toEqual({
      strict: 'succeeded',
      lax: 'failed fleet.unknown-key',
    });
  });

  it('refuses two boards with one chip id, and takes one when the other is gone', async () => {
    let there = [port('a')];
    const refused: string[] = [];
    const twin: BoardPort = { ...port('a'), path: 'b' };
    // The chip id of the firmware on this computer is that of the name of its flash file.
    gateway('bench', () => Promise.resolve(there), {
      observer: { onRefused: (path: string, code: string) => void refused.push(`${path} ${code}`) },
    });
    const [chip] = await watcher.boards(1);
    there = [port('a'), twin];
    await watcher.until((reported) => reported.get(chip)?.present === false, 'both refused');
    await expect.poll(() => refused).toEqual(['b fleet.same-chip']);
    there = [twin];
    await watcher.until((reported) => reported.get(chip)?.present === true, 'the other one');
    expect(watcher.reported.get(chip)?.port).toBe('b');
  });

  it('lets a board be pulled in the middle of a wish and plugged into another gateway, which goes on', async () => {
    let pull = (): Promise<void> => Promise.resolve();
    const pulled = hostPort(folder.path, 'a', (transport) => {
      pull = () => transport.close();
      return transport;
    });
    let [here, there]: (readonly BoardPort[])[] = [[pulled], []];
    const steps: string[] = [];
    const onStep = (_chip: string, _wish: string | undefined, step: string): void => {
      steps.push(step);
      if (step !== 'self-test' || there.length > 0) return;
      [here, there] = [[], [port('a')]];
      void pull();
    };
    gateway('one', () => Promise.resolve(here), { observer: { onStep } });
    gateway('two', () => Promise.resolve(there), { observer: { onStep } });
    const chips = await watcher.boards(1);
    expect(await watcher.outcomes(chips, await watcher.wish(chips, first.bytes))).toEqual(['succeeded']);
    expect(watcher.reported.get(chips[0])).toMatchObject({ gateway: 'two', confirmed: circuitOf(first.bytes) });
    // The second gateway found the circuit in its slot.
    expect(steps.slice(steps.lastIndexOf('fetch'))).toEqual(['fetch', 'check', 'self-test', 'confirm']);
  });
});
