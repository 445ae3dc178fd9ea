import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FleetError } from '../errors.js';
import { memoryBroker } from '../broker/memory.js';
import type { Desired, Reported } from './board.js';
import { isReachable, type GatewayState } from './gateway.js';
import { Mailbox } from './mailbox.js';
import { MESSAGES, type MessageName, type Payload } from './messages.js';
import { decodePayload, encodePayload } from './payloads.js';
import { filterOf, idsIn, topicOf } from './topics.js';

const DIGEST_HEX = 'ab'.repeat(32);
const desired: Desired = {
  version: 1,
  id: 'rollout-1.2',
  circuit: DIGEST_HEX,
  blob: { digest: DIGEST_HEX, bytes: 1000 },
  signedBy: ['0123456789abcdef'],
  canary: { inferences: 16, seed: 7 },
  previous: DIGEST_HEX,
};
const reported: Reported = {
  version: 1,
  gateway: 'bench',
  present: true,
  port: '/dev/ttyACM0',
  tags: ['line-4'],
  board: {
    kind: 'rp2040',
    firmware: { major: 0, minor: 1 },
    protocol: { major: 1, minor: 3 },
    slotBytes: 4096,
    workBytes: 1000,
    checksSignatures: true,
    trust: { product: 'acme', keyIds: ['0123456789abcdef'], securityCounter: 1, tableVersion: 0 },
  },
  slots: [
    { state: 'confirmed', bytes: 400, digest: DIGEST_HEX, sequence: 2, erases: 9 },
    { state: 'empty', bytes: 0, sequence: 0, erases: 0 },
  ],
  active: DIGEST_HEX,
  confirmed: DIGEST_HEX,
  current: 'rollout-1.3',
  outcome: {
    wish: 'rollout-1.2',
    result: 'reverted',
    step: 'canary',
    error: { code: 'flash.canary-failed', message: 'It answers something else.' },
    attempts: 1,
    durationMs: 1200,
    atMs: 5,
  },
  atMs: 6,
};
const gatewayState: GatewayState = {
  version: 1,
  online: true,
  session: '0123456789abcdef',
  startedAtMs: 1,
  software: '0.1.0',
  tags: [],
  boards: ['0a0b'],
  refused: [{ port: 'COM3', code: 'transport.timeout', message: 'Nobody answers.' }],
  cacheBytes: 0,
  dropped: 0,
  atMs: 2,
};
const valid: { readonly [N in MessageName]?: Payload<N> } = {
  gatewayState,
  reported,
  desired,
  progress: { version: 1, wish: 'rollout-1.2', step: 'write', bytes: 3, totalBytes: 10 },
  blobHead: { version: 1, bytes: 1000, sha256: DIGEST_HEX },
  rolloutControl: { version: 1, nonce: '0123456789abcdef', command: 'pause' },
};
const names = Object.keys(MESSAGES) as MessageName[];
const samples = Object.entries(valid) as [MessageName, object][];
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Decodes, and gives the code of what is wrong with it; anything but a FleetError breaks the test. */
function codeOf(name: MessageName, payload: Uint8Array): string | undefined {
  try {
    decodePayload(name, payload);
    return undefined;
  } catch (error) {
    if (error instanceof FleetError) return error.code;
    throw error;
  }
}

/** All objects in a value. */
const objectsIn = (value: unknown): object[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsIn)] : [];

describe('the payloads of a fleet', () => {
  it.each(samples)('come back as they were: %s', (name, value) => {
    expect(decodePayload(name, encodePayload(name, value as Payload<typeof name>))).toEqual(value);
  });

  it.each(samples)('have no other fields and none of another kind: %s', (name, value) => {
    for (const [place] of objectsIn(value).entries()) {
      const changed = structuredClone(value);
      const object = objectsIn(changed)[place];
      if (Array.isArray(object)) object.push({ more: 1 });
      else Object.assign(object, { more: 1 });
      expect(codeOf(name, bytesOf(changed))).toBe('fleet.bad-message');
    }
    const anything = fc.oneof(fc.jsonValue(), fc.double(), fc.string());
    fc.assert(
      fc.property(fc.nat(), fc.nat(), anything, (objectPlace, fieldPlace, replacement) => {
        const changed = structuredClone(value);
        const objects = objectsIn(changed);
        const object = objects[objectPlace % objects.length] as Record<string, unknown>;
        const fields = Object.keys(object);
        if (fields.length === 0) return;
        object[fields[fieldPlace % fields.length]] = replacement;
        expect([undefined, 'fleet.bad-message', 'fleet.message-too-large']).toContain(codeOf(name, bytesOf(changed)));
      }),
      { numRuns: 300 },
    );
  });

  it.each(names)('are refused with a code whatever the bytes are: %s', (name) => {
    const refused = [undefined, 'fleet.bad-message', 'fleet.message-too-large'];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(refused).toContain(codeOf(name, bytes));
      }),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(refused).toContain(codeOf(name, new TextEncoder().encode(text)));
      }),
    );
    const { maxBytes, schema } = MESSAGES[name];
    expect(codeOf(name, new Uint8Array(maxBytes + 1).fill(0x20))).toBe('fleet.message-too-large');
    if (schema === undefined) return;
    for (const text of [
      `{"__proto__":{"version":1}}`,
      '['.repeat(Math.min(maxBytes, 100_000)),
      '"\\ud800"',
      'null',
      '',
    ])
      expect(codeOf(name, new TextEncoder().encode(text))).toBe('fleet.bad-message');
    expect(codeOf(name, Uint8Array.of(0x22, 0xff, 0x22))).toBe('fleet.bad-message');
  });

  it('fit their limits: a gateway with as many boards as one may have', () => {
    const boards = Array.from({ length: 1024 }, (_, index) => index.toString(16).padStart(32, '0'));
    expect(encodePayload('gatewayState', { ...gatewayState, boards }).length).toBeLessThan(60_000);
  });
});

describe('the topics of a fleet', () => {
  it('have ids that are found again, and nothing else', () => {
    expect(topicOf('acme/line-4', 'desired', { chip: '0a0b' })).toBe('acme/line-4/boards/0a0b/desired');
    expect(filterOf('adiabit', 'blobPart', { digest: DIGEST_HEX })).toBe(`adiabit/blobs/${DIGEST_HEX}/part/+`);
    expect(idsIn('adiabit', 'blobPart', `adiabit/blobs/${DIGEST_HEX}/part/12`)).toEqual({
      digest: DIGEST_HEX,
      part: '12',
    });
    for (const other of [
      'adiabit/boards/0a0b/reported',
      'adiabit/boards/0A0B/desired',
      'adiabit/boards/../desired',
      'x/boards/0a/desired',
    ])
      expect(idsIn('adiabit', 'desired', other)).toBeUndefined();
    for (const chip of ['', '+', '#', '0a/0b', '0', '../x', 'AB'])
      expect(() => topicOf('adiabit', 'desired', { chip })).toThrow(FleetError);
    expect(() => new Mailbox(memoryBroker()(), { prefix: 'a/+/b' })).toThrow(FleetError);
  });

  it('lead no text astray', () => {
    fc.assert(
      fc.property(fc.string(), (chip) => {
        const ids = idsIn('adiabit', 'desired', `adiabit/boards/${chip}/desired`);
        expect(ids === undefined || /^[0-9a-f]+$/.test(ids.chip)).toBe(true);
      }),
    );
  });
});

describe('a mailbox', () => {
  it('drops what breaks the contract, counts it, and tells it once per topic', async () => {
    const connect = memoryBroker();
    const told: string[] = [];
    const mailbox = new Mailbox(connect(), { onDropped: (topic, { code }) => told.push(`${topic} ${code}`) });
    const heard: (Desired | undefined)[] = [];
    await mailbox.subscribe('desired', {}, ({ payload }) => heard.push(payload));
    const other = connect();
    for (const text of ['{}', 'nonsense', '', JSON.stringify(desired)])
      await other.publish('adiabit/boards/0a0b/desired', new TextEncoder().encode(text), { retain: true });
    await other.publish('adiabit/boards/nobody/desired', bytesOf(desired), { retain: true });
    expect(heard).toEqual([undefined, desired]);
    expect(mailbox.dropped).toBe(3);
    expect(told).toEqual([
      'adiabit/boards/0a0b/desired fleet.bad-message',
      'adiabit/boards/nobody/desired fleet.bad-message',
    ]);
  });

  it('publishes nothing that nobody would read', async () => {
    const mailbox = new Mailbox(memoryBroker()());
    const wrong = { ...desired, id: 'with spaces' };
    await expect(mailbox.publish('desired', { chip: '0a0b' }, wrong)).rejects.toMatchObject({
      code: 'fleet.bad-message',
    });
  });
});

describe('a board', () => {
  it('is reachable while its gateway is online and has it', () => {
    expect(isReachable('0a0b', reported, gatewayState)).toBe(true);
    expect(isReachable('0a0c', reported, gatewayState)).toBe(false);
    expect(isReachable('0a0b', { ...reported, present: false }, gatewayState)).toBe(false);
    expect(isReachable('0a0b', reported, { ...gatewayState, online: false })).toBe(false);
    expect(isReachable('0a0b', reported, undefined)).toBe(false);
  });
});
