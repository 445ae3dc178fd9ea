import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HELLO_REPLY, MESSAGE_TYPE, REPLY_BIT, STATUS } from './constants.js';
import { ProtocolError } from './errors.js';
import { decodeDeviceMessage } from './replies.js';
import { describeRequest, encodeRequest, type RequestType } from './requests.js';

const HELLO = Uint8Array.from([
  ...[0, 1, 0, 1, 0, 2, 3, 2, 0xff, 1],
  ...[0x00, 0x02, 0x00, 0x04],
  ...[0, 0, 4, 0, 0, 0, 1, 0, 0x40, 0x59, 0x73, 0x07],
  ...[6, ...Buffer.from('rp2040')],
]);

const reply = (type: RequestType, ...payload: number[]) =>
  decodeDeviceMessage({ type: MESSAGE_TYPE[type] | REPLY_BIT, sequence: 9, payload: Uint8Array.from(payload) });

describe('a request', () => {
  it('has the payload of the specification', () => {
    const digest = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect(encodeRequest({ type: 'hello' }, 1)).toEqual({ type: 1, sequence: 1, payload: Uint8Array.of(1, 3) });
    expect(encodeRequest({ type: 'begin', slot: 1, totalBytes: 0x010203, digest }, 2).payload).toEqual(
      Uint8Array.of(1, 3, 2, 1, 0, ...digest),
    );
    expect(encodeRequest({ type: 'write', offset: 258, data: Uint8Array.of(7, 8) }, 3).payload).toEqual(
      Uint8Array.of(2, 1, 0, 0, 7, 8),
    );
    expect(encodeRequest({ type: 'confirm', slot: 1 }, 4).payload).toEqual(Uint8Array.of(1));
    expect(encodeRequest({ type: 'read', slot: 1, offset: 258, length: 772 }, 6).payload).toEqual(
      Uint8Array.of(1, 2, 1, 0, 0, 4, 3),
    );
    expect(encodeRequest({ type: 'values', layers: 3, offset: 1, length: 2 }, 7).payload).toEqual(
      Uint8Array.of(3, 1, 0, 0, 0, 2, 0),
    );
    expect(encodeRequest({ type: 'authorize', manifest: digest }, 8)).toMatchObject({ type: 14, payload: digest });
    expect(encodeRequest({ type: 'keys', signedTable: digest }, 9)).toMatchObject({ type: 15, payload: digest });
    expect(encodeRequest({ type: 'infer' }, 5).payload).toEqual(new Uint8Array(0));
  });

  it('says in words what it asks', () => {
    expect(describeRequest({ type: 'write', offset: 512, data: new Uint8Array(4) })).toBe('write at byte 512');
    expect(describeRequest({ type: 'verify', slot: 1 })).toBe('verify of slot 1');
    expect(describeRequest({ type: 'read', slot: 1, offset: 36, length: 8 })).toBe('read of slot 1 at byte 36');
    expect(describeRequest({ type: 'infer' })).toBe('infer');
  });
});

describe('a reply', () => {
  it('to hello describes the device', () => {
    expect(reply('hello', ...HELLO)).toEqual({
      kind: 'reply',
      sequence: 9,
      reply: {
        type: 'hello',
        status: 'ok',
        value: {
          boardId: 'rp2040',
          protocol: { major: 1, minor: 0 },
          formatMajor: 1,
          layerKinds: 'counting',
          firmware: { major: 2, minor: 3 },
          slotCount: 2,
          activeSlot: undefined,
          counterUnit: 'cycles',
          counterHz: 125_000_000,
          maxPayloadBytes: 512,
          windowBytes: 1024,
          slotBytes: 262_144,
          workBytes: 65_536,
          checksSignatures: false,
          chipId: undefined,
          trust: undefined,
        },
      },
    });
  });

  it('to hello of protocol 1.1 says whether the device checks signatures', () => {
    for (const checksSignatures of [false, true]) {
      const hello = [...HELLO, Number(checksSignatures)];
      hello[HELLO_REPLY.protocolMinor] = 1;
      expect(reply('hello', ...hello)).toMatchObject({ reply: { value: { checksSignatures } } });
    }
  });

  it('to hello of protocol 1.2 has the id of the chip, or says that it has none', () => {
    const of = (...chip: number[]) => {
      const hello = [...HELLO, 0, ...chip];
      hello[HELLO_REPLY.protocolMinor] = 2;
      return reply('hello', ...hello);
    };
    expect(of(3, 0xe6, 0x60, 0x05)).toMatchObject({ reply: { value: { chipId: 'e66005' } } });
    expect(of(0)).toMatchObject({ reply: { value: { chipId: undefined } } });
    expect(() => of(4, 1, 2, 3)).toThrow(ProtocolError);
  });

  it('to hello of protocol 1.3 says whom a device trusts that checks signatures, and nothing more from one that does not', () => {
    const of = (...more: number[]) => {
      const hello = [...HELLO, ...more];
      hello[HELLO_REPLY.protocolMinor] = 3;
      return reply('hello', ...hello);
    };
    const product = [...new TextEncoder().encode('acme-2.0')];
    const keys = [1, 2, 3, 4, 5, 6, 7, 8, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8];
    const trust = [product.length, ...product, 2, ...keys, 5, 1, 0, 0, 7, 0, 0, 0];
    for (const chip of [[0], [2, 0xaa, 0xbb]])
      expect(of(1, ...chip, ...trust)).toMatchObject({
        reply: {
          value: {
            trust: {
              product: 'acme-2.0',
              keyIds: ['0102030405060708', 'f1f2f3f4f5f6f7f8'],
              securityCounter: 261,
              tableVersion: 7,
            },
          },
        },
      });
    expect(of(0, 0)).toMatchObject({ reply: { value: { checksSignatures: false, trust: undefined } } });
    expect(() => of(1, 0, ...trust.slice(0, -1))).toThrow(ProtocolError);
    expect(() => of(1, 0, 1, 0x1b, 0, 0, 0, 0, 0, 0, 0, 0, 0)).toThrow('the product');
  });

  it('to read and values carries bytes, or a refusal', () => {
    for (const type of ['read', 'values'] as const) {
      expect(reply(type, 0, 7, 8)).toMatchObject({ reply: { status: 'ok', value: Uint8Array.of(7, 8) } });
      expect(reply(type, STATUS.badArgument.value)).toMatchObject({ reply: { type, status: 'badArgument' } });
    }
  });

  it('to hello with another version still describes the device, and may be longer', () => {
    const other = HELLO.slice();
    other[0] = STATUS.versionMismatch.value;
    other[1] = 2;
    expect(reply('hello', ...other, 1, 2, 3)).toMatchObject({
      reply: { status: 'versionMismatch', value: { protocol: { major: 2, minor: 0 }, boardId: 'rp2040' } },
    });
  });

  it('to infer carries signed outputs', () => {
    expect(reply('infer', 0, 1, 0, 2, 0, 5, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0)).toMatchObject({
      reply: { value: { class: 1, counter: 5, outputs: Int32Array.of(-1, 2) } },
    });
  });

  it('that refuses carries its status, and to write also where to go on', () => {
    expect(reply('begin', STATUS.tooLarge.value)).toMatchObject({ reply: { type: 'begin', status: 'tooLarge' } });
    expect(reply('write', STATUS.outOfOrder.value, 8, 1, 0, 0)).toMatchObject({
      reply: { status: 'outOfOrder', value: { nextOffset: 264 } },
    });
  });

  it('of the type for unreadable frames is a nak', () => {
    expect(decodeDeviceMessage({ type: 0xff, sequence: 0, payload: Uint8Array.of(1) })).toEqual({ kind: 'nak' });
  });

  it.each([
    ['the status is unknown', () => reply('reset', 99), 'unknown status 99'],
    ['it is too short', () => reply('confirm', 0, 1, 2), 'a reply to confirm of 3 bytes'],
    ['it is too long', () => reply('begin', 0, 1), 'a reply to begin of 2 bytes'],
    [
      'its class is none of its outputs',
      () => reply('infer', 0, 2, 0, 1, 0, 0, 0, 0, 0, 9, 9, 9, 9),
      'class 2 of only 1',
    ],
    ['its slots are cut', () => reply('slots', 0, 1), '1 bytes of entries'],
    ['it is a request', () => decodeDeviceMessage({ type: 2, sequence: 0, payload: new Uint8Array(0) }), 'echoed'],
    ['its type is unknown', () => decodeDeviceMessage({ type: 0xc0, sequence: 0, payload: new Uint8Array(0) }), '0xc0'],
  ])('is refused when %s', (_, decode, message) => {
    expect(decode).toThrow(ProtocolError);
    expect(decode).toThrow(message);
  });

  it('of any bytes is read or refused with a ProtocolError, never anything else', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(16), fc.uint8Array({ maxLength: 120 }), (type, status, rest) => {
        try {
          decodeDeviceMessage({ type, sequence: 0, payload: Uint8Array.of(status, ...rest) });
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
