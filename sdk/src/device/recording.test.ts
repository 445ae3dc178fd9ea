import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Recorder, decodeRecording, encodeRecording, recordTransport, type Recording } from './recording.js';
import { replayTransport } from './replay.js';
import { DeviceSession } from './session.js';
import { freshVirtualPorts } from './virtual-ports.js';
import { openPort } from './open-port.js';

const recordings = fc.record({
  device: fc.string({ unit: 'binary' }),
  startedMs: fc.nat(),
  pieces: fc.array(
    fc.record({ timeMs: fc.nat(), from: fc.constantFrom('host', 'device'), bytes: fc.uint8Array({ maxLength: 40 }) }),
    { maxLength: 12 },
  ),
}) as fc.Arbitrary<Recording>;

test('a recording is read as it was written', () => {
  fc.assert(
    fc.property(recordings, (recording) => {
      expect(decodeRecording(encodeRecording(recording))).toEqual(recording);
    }),
  );
});

test('a recording that was cut off anywhere has the pieces before, or says what it is not', () => {
  fc.assert(
    fc.property(recordings, fc.double({ min: 0, max: 1, noNaN: true }), (recording, share) => {
      const text = encodeRecording(recording);
      const cut = text.slice(0, Math.floor(share * text.length));
      if (!cut.includes('\n')) return;
      const { pieces } = decodeRecording(cut);
      expect(pieces).toEqual(recording.pieces.slice(0, pieces.length));
      expect(pieces).toHaveLength(cut.split('\n').length - 2);
    }),
  );
});

test('other files, versions and damaged lines are refused by name', () => {
  const text = encodeRecording({
    device: 'x',
    startedMs: 1,
    pieces: [{ timeMs: 1, from: 'host', bytes: Uint8Array.of(0) }],
  });
  const codeOf = (damaged: string): unknown => {
    try {
      decodeRecording(damaged);
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
    return undefined;
  };
  expect(codeOf('')).toBe('format.bad-magic');
  expect(codeOf('{"kind":"other"}\n')).toBe('format.bad-magic');
  expect(codeOf(text.replace('"version":1', '"version":2'))).toBe('format.unsupported-version');
  expect(codeOf(text.replace('"from":"host"', '"from":"nobody"'))).toBe('format.bad-value');
});

test('a recorder that is full keeps what it has', () => {
  const recorder = new Recorder('x', { maxBytes: 3, now: () => 0 });
  recorder.add('host', Uint8Array.of(1, 2, 3));
  recorder.add('device', Uint8Array.of(4));
  expect(recorder.isFull).toBe(true);
  expect(recorder.recording().pieces).toHaveLength(1);
});

test('an emulated board that was recorded answers again without being there, also what was asked twice', async () => {
  const recorder = new Recorder('a Pico');
  const line = await openPort('virtual:rp2040', { virtualPorts: freshVirtualPorts() });
  const session = await DeviceSession.open(recordTransport(line, recorder));
  const digest = new Uint8Array(32).fill(7);
  const before = await session.slots();
  await session.begin(0, 160, digest);
  await session.write(new Uint8Array(160));
  const refused = await session.verify(0).catch((error: unknown) => String(error));
  const { device } = session;
  await session.close();

  const recording = decodeRecording(encodeRecording(recorder.recording()));
  const replayed = await DeviceSession.open(replayTransport(recording));
  expect(replayed.device).toEqual(device);
  expect(await replayed.slots()).toEqual(before);
  expect(await replayed.slots()).toEqual(before);
  await replayed.begin(0, 160, digest);
  await replayed.write(new Uint8Array(160));
  expect(await replayed.verify(0).catch((error: unknown) => String(error))).toBe(refused);
  await expect(replayed.confirm(1)).rejects.toMatchObject({ code: 'device.unknown-message' });
  await replayed.close();
});
