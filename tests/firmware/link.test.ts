import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DIGEST_BYTES } from '../../simulator/src/bitstream/layout.js';
import { MESSAGE_TYPE, REPLY_BIT, STATUS, TYPE_NAK } from '../../sdk/src/protocol/constants.js';
import { encodeFrame } from '../../sdk/src/protocol/index.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { HostProcess, RawLine } from '../support/raw-line.js';
import { classOf, sampleCircuit } from '../support/sample-circuits.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('gcc', 'make');

describe.skipIf(missing.length > 0)(titled('the firmware on the line', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let device: HostProcess;
  let line: RawLine;
  let flashFiles = 0;
  const circuit = sampleCircuit(repeatableNumbers(1), { widths: [40, 9, 3], inputBits: 8, goldenVectors: 3 });

  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.dispose());
  beforeEach(() => {
    device = new HostProcess(join(folder.path, `flash-${flashFiles++}`));
    line = new RawLine(device);
  });
  afterEach(async () => {
    // The sanitizers end the process with another status when anything was wrong.
    expect(await device.close()).toBe(0);
    expect(device.errors).toBe('');
  });

  const hello = encodeFrame({ type: MESSAGE_TYPE.hello, sequence: 77, payload: Uint8Array.of(1, 0) });
  const raw = async (type: number, ...payload: number[]): Promise<number> => {
    line.write(encodeFrame({ type, sequence: 5, payload: Uint8Array.from(payload) }));
    return (await line.next()).status;
  };

  it('answers hello with every field', async () => {
    const { payload } = await line.ask({ type: 'hello' });
    const view = new DataView(payload.buffer, payload.byteOffset);
    expect([...payload.subarray(0, 10)]).toEqual([0, 1, 3, 2, 1, 0, 2, 2, 255, 3]);
    expect(view.getUint16(10, true)).toBe(1024);
    expect(view.getUint16(12, true)).toBe(2048);
    expect(view.getUint32(14, true)).toBe(63 * 4096);
    expect(view.getUint32(18, true)).toBe(256 * 1024);
    expect(view.getUint32(22, true)).toBe(1_000_000);
    expect(payload[26]).toBe(4);
    expect(new TextDecoder().decode(payload.subarray(27, 31))).toBe('host');
    expect([...payload.subarray(31, 33)]).toEqual([0, 4]);
    expect(payload).toHaveLength(37);
  });

  it('reads every request of the vector file: each gets one reply, with its type and sequence, and none is a NAK', async () => {
    const { frames } = JSON.parse(readFileSync(new URL('../vectors/link.json', import.meta.url), 'utf8')) as {
      frames: { name: string; type: number; sequence: number; wire: string }[];
    };
    // A reset would end the process, and replies are not for devices.
    const requests = frames.filter(({ type }) => type < REPLY_BIT && type !== MESSAGE_TYPE.reset);
    expect(requests.length).toBeGreaterThan(5);
    for (const { name, type, sequence, wire } of requests) {
      line.write(Buffer.from(wire, 'hex'));
      const reply = await line.next();
      expect({ name, type: reply.type, sequence: reply.sequence }).toEqual({ name, type: type | REPLY_BIT, sequence });
    }
  });

  it('answers another protocol version with all fields and the status that says so', async () => {
    line.write(encodeFrame({ type: MESSAGE_TYPE.hello, sequence: 1, payload: Uint8Array.of(9, 0) }));
    const { status, payload } = await line.next();
    expect(status).toBe(STATUS.versionMismatch.value);
    expect(payload).toHaveLength(37);
  });

  it('gives the sequence number of the request back', async () => {
    line.write(hello);
    expect((await line.next()).sequence).toBe(77);
  });

  it('understands a frame whatever pieces it comes in', async () => {
    for (let cut = 1; cut < hello.length; cut++) {
      line.write(hello.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      line.write(hello.subarray(cut));
      expect((await line.next()).status).toBe(0);
    }
  });

  it('answers every frame with one damaged byte as damaged, and the next frame properly', async () => {
    for (let position = 0; position < hello.length - 1; position++) {
      const damaged = hello.slice();
      damaged[position] ^= 0x40;
      // A byte that became a delimiter makes two frames of one, both damaged.
      const frames = damaged[position] === 0 ? 2 : 1;
      line.write(damaged);
      for (let frame = 0; frame < frames; frame++) {
        expect(await line.next()).toMatchObject({ type: TYPE_NAK, sequence: 0, status: STATUS.badFrame.value });
      }
      expect((await line.ask({ type: 'hello' })).status).toBe(0);
    }
  });

  it('finds its place again after half a frame and a delimiter', async () => {
    line.write(hello.subarray(0, 6));
    line.write(Uint8Array.of(0));
    expect((await line.next()).type).toBe(TYPE_NAK);
    expect((await line.ask({ type: 'hello' })).status).toBe(0);
  });

  it('ignores delimiters between frames', async () => {
    line.write(new Uint8Array(50));
    line.write(hello);
    expect((await line.next()).sequence).toBe(77);
  });

  it('survives noise, and still answers', async () => {
    const next = repeatableNumbers(2);
    for (let round = 0; round < 50; round++) {
      line.write(Uint8Array.from({ length: 1 + next(400) }, () => next(256)));
      line.write(Uint8Array.of(0));
    }
    line.write(encodeFrame({ type: MESSAGE_TYPE.hello, sequence: 4242, payload: Uint8Array.of(1, 0) }));
    let reply = await line.next();
    while (reply.type === TYPE_NAK) reply = await line.next();
    expect(reply).toMatchObject({ sequence: 4242, status: 0 });
  });

  it('takes a payload of exactly the announced size and refuses one byte more as damaged', async () => {
    await line.install(0, circuit.bytes);
    expect(await raw(MESSAGE_TYPE.input, ...new Uint8Array(1024))).toBe(STATUS.badArgument.value);
    expect(await raw(MESSAGE_TYPE.input, ...new Uint8Array(1025))).toBe(STATUS.badFrame.value);
  });

  it('names unknown messages, wrong lengths and slots that do not exist', async () => {
    expect(await raw(0x30)).toBe(STATUS.unknownMessage.value);
    expect(await raw(MESSAGE_TYPE.hello, 1)).toBe(STATUS.badLength.value);
    expect(await raw(MESSAGE_TYPE.slots, 1)).toBe(STATUS.badLength.value);
    expect(await raw(MESSAGE_TYPE.begin, 0)).toBe(STATUS.badLength.value);
    expect(await raw(MESSAGE_TYPE.write, 0)).toBe(STATUS.badLength.value);
    expect(await raw(MESSAGE_TYPE.verify, 2)).toBe(STATUS.slotUnavailable.value);
    expect(await raw(MESSAGE_TYPE.activate, 2)).toBe(STATUS.slotUnavailable.value);
    expect(await raw(MESSAGE_TYPE.confirm, 2)).toBe(STATUS.slotUnavailable.value);
    expect(await raw(MESSAGE_TYPE.input, 0, 0, 0, 0)).toBe(STATUS.noCircuit.value);
    expect(await raw(MESSAGE_TYPE.infer)).toBe(STATUS.noCircuit.value);
  });

  it('takes writes in order only, and says where to go on', async () => {
    const digest = new Uint8Array(DIGEST_BYTES);
    const write = async (offset: number, length: number): Promise<[status: number, nextOffset: number]> => {
      const { status, payload } = await line.ask({ type: 'write', offset, data: new Uint8Array(length) });
      return [status, new DataView(payload.buffer, payload.byteOffset).getUint32(1, true)];
    };
    expect(await write(0, 4)).toEqual([STATUS.incomplete.value, 0]);
    await line.ask({ type: 'begin', slot: 0, totalBytes: 164, digest });
    expect(await write(0, 40)).toEqual([0, 40]);
    expect(await write(0, 40)).toEqual([0, 40]);
    expect(await write(4, 8)).toEqual([0, 40]);
    expect(await write(36, 8)).toEqual([STATUS.outOfOrder.value, 40]);
    expect(await write(44, 4)).toEqual([STATUS.outOfOrder.value, 40]);
    expect(await write(40, 6)).toEqual([STATUS.badLength.value, 40]);
    expect(await write(164, 4)).toEqual([STATUS.badArgument.value, 40]);
    expect((await line.ask({ type: 'verify', slot: 0 })).status).toBe(STATUS.incomplete.value);
    expect(await write(40, 124)).toEqual([0, 164]);
    expect((await line.ask({ type: 'verify', slot: 0 })).status).toBe(STATUS.digestMismatch.value);
  });

  it('refuses lengths that no bitstream has, or the slot does not, before it erases anything', async () => {
    await line.install(0, circuit.bytes);
    expect(await line.store(1, circuit.bytes)).toBe(0);
    const digest = new Uint8Array(DIGEST_BYTES);
    const begin = async (totalBytes: number) => (await line.ask({ type: 'begin', slot: 1, totalBytes, digest })).status;
    for (const tooLarge of [63 * 4096 + 1, 63 * 4096 + 4, 0x7fff_fffc, 0xffff_fffc, 0xffff_ffff]) {
      expect(await begin(tooLarge)).toBe(STATUS.tooLarge.value);
    }
    // A header, a program of one layer and a digest take 160 bytes, and every part is a multiple of four.
    for (const none of [0, 1, 36, 156, 161, 162, 163]) expect(await begin(none)).toBe(STATUS.badArgument.value);
    expect((await line.ask({ type: 'activate', slot: 1 })).status).toBe(0);
  });

  it('infers what the circuit computes, from an input in pieces, and repeats it', async () => {
    await line.install(0, circuit.bytes);
    for (const [index, input] of circuit.inputs.entries()) {
      await line.ask({ type: 'input', offset: 7, data: input.subarray(7) });
      await line.ask({ type: 'input', offset: 0, data: input.subarray(0, 7) });
      for (let repeat = 0; repeat < 2; repeat++) {
        const reply = await line.infer(new Uint8Array(0));
        expect(reply?.outputs).toEqual(circuit.outputs[index]);
        expect(reply?.class).toBe(classOf(circuit.outputs[index]));
      }
    }
    const outside = await line.ask({ type: 'input', offset: 40, data: Uint8Array.of(1) });
    expect(outside.status).toBe(STATUS.badArgument.value);
  });

  it('gives any piece of a slot and of a layer, and no byte beside it', async () => {
    const piece = async (type: 'read' | 'values', of: number, offset: number, length: number) => {
      const range = { offset, length };
      const { status, payload } = await line.ask(
        type === 'read' ? { type, slot: of, ...range } : { type, layers: of, ...range },
      );
      return status === 0 ? payload.slice(1) : status;
    };
    const { badArgument, badLength, noCircuit, slotUnavailable } = STATUS;
    expect(await piece('read', 0, 0, 0)).toBe(slotUnavailable.value);
    expect(await piece('values', 0, 0, 0)).toBe(noCircuit.value);
    await line.install(1, circuit.bytes);
    const total = circuit.bytes.length;
    expect(await piece('read', 1, 0, total)).toEqual(circuit.bytes);
    expect(await piece('read', 1, 36, 12)).toEqual(circuit.bytes.slice(36, 48));
    expect(await piece('read', 1, total, 0)).toEqual(new Uint8Array(0));
    expect(await piece('read', 1, total, 1)).toBe(badArgument.value);
    expect(await piece('read', 1, total + 1, 0)).toBe(badArgument.value);
    expect(await piece('read', 1, 0xffffffff, 2)).toBe(badArgument.value);
    expect(await piece('read', 0, 0, 1)).toBe(slotUnavailable.value);
    expect(await piece('read', 2, 0, 1)).toBe(slotUnavailable.value);
    const { arenaBytes, outputs } = circuit.bitstream.memory;
    await line.infer(circuit.inputs[2]);
    expect(await piece('values', 0, 0, 40)).toEqual(circuit.inputs[2]);
    expect(await piece('values', 0, 0, 41)).toBe(badArgument.value);
    expect(await piece('values', 2, 0, 12)).toEqual(
      new Uint8Array(circuit.outputs[2].buffer, circuit.outputs[2].byteOffset, 12),
    );
    expect(await piece('values', 2, 4, 4)).toEqual(
      new Uint8Array(circuit.outputs[2].buffer, circuit.outputs[2].byteOffset + 4, 4),
    );
    expect(await piece('values', 1, arenaBytes - outputs[0].offset, 1)).toBe(badArgument.value);
    expect(await piece('values', 3, 0, 0)).toBe(badArgument.value);
    expect((await line.infer(circuit.inputs[1]))?.outputs).toEqual(circuit.outputs[1]);
    for (const type of [MESSAGE_TYPE.read, MESSAGE_TYPE.values]) {
      expect(await raw(type)).toBe(badLength.value);
      expect(await raw(type, 0, 0, 0, 0, 0, 0)).toBe(badLength.value);
      expect(await raw(type, 0, 0, 0, 0, 0, 0, 0, 0)).toBe(badLength.value);
    }
  });

  it('sends replies longer than any block of the encoding', async () => {
    const wide = sampleCircuit(repeatableNumbers(3), { widths: [33, 700], inputBits: 1, goldenVectors: 2 });
    await line.install(0, wide.bytes);
    expect((await line.infer(wide.inputs[1]))?.outputs).toEqual(wide.outputs[1]);
  });
});
