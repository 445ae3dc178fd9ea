import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BOARD_ID, HELLO_REPLY, MESSAGE_TYPE, NO_SLOT, REPLY_BIT } from '../../sdk/src/protocol/constants.js';
import { decodeDeviceMessage } from '../../sdk/src/protocol/replies.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** What fits a line of the table. */
const SHORT_WIRE_BYTES = 28;

const spaced = (hex: string): string => (hex.match(/../g) ?? []).join(' ').toUpperCase();

describe('docs/formats/link.md', () => {
  it('shows the short frames of the vector file, byte for byte', () => {
    const { frames } = JSON.parse(read('../vectors/link.json')) as {
      frames: { name: string; type: number; sequence: number; payload: string; wire: string }[];
    };
    const rows = frames
      .filter(({ wire }) => wire.length / 2 <= SHORT_WIRE_BYTES)
      .map(({ name, type, sequence, payload, wire }) =>
        [name, spaced(type.toString(16).padStart(2, '0')), sequence, spaced(payload) || '-', spaced(wire)].join(' | '),
      );
    const shown = read('../../docs/formats/link.md')
      .split('\n')
      .filter((line) => line.endsWith(' 00 |'))
      .map((line) => line.slice(2, -2));
    expect(rows.length).toBeGreaterThan(5);
    expect(shown).toEqual(rows);
  });

  it('says what a board may be called, as the host takes it and boards.json has it', () => {
    const [, alphabet, least, most] = /^\^(\[.*\])\{(\d+),(\d+)\}\$$/.exec(BOARD_ID.source) ?? [];
    const row = (field: string) =>
      read('../../docs/formats/link.md')
        .split('\n')
        .find((line) => line.includes(`| ${field} |`));
    expect(row('boardId')).toContain(`ASCII | boardId | of \`${alphabet}\` alone`);
    expect(row('boardIdLength')).toContain(`${least} to ${most}`);
    const boards = JSON.parse(read('../../firmware-templates/boards.json')) as { id: string }[];
    for (const { id } of boards) expect(id).toMatch(BOARD_ID);
  });

  it('and the host takes every such id, of every length, and no other byte in it', () => {
    const replyWith = (id: Uint8Array): Uint8Array => {
      const payload = new Uint8Array(HELLO_REPLY.boardId + id.length);
      payload[HELLO_REPLY.protocolMajor] = 1;
      payload[HELLO_REPLY.slotCount] = 1;
      payload[HELLO_REPLY.activeSlot] = NO_SLOT;
      payload[HELLO_REPLY.boardIdLength] = id.length;
      payload.set(id, HELLO_REPLY.boardId);
      return payload;
    };
    const takes = (id: Uint8Array): boolean => {
      try {
        const frame = { type: MESSAGE_TYPE.hello | REPLY_BIT, sequence: 1, payload: replyWith(id) };
        const { reply } = decodeDeviceMessage(frame) as { reply: { value: { boardId: string } } };
        return reply.value.boardId === String.fromCharCode(...id);
      } catch (error) {
        expect(error).toMatchObject({ code: 'protocol.unexpected-reply' });
        return false;
      }
    };
    for (let byte = 0; byte < 256; byte++) {
      const isLetter = /[a-z0-9-]/.test(String.fromCharCode(byte));
      for (const at of [0, 1, 2]) {
        const id = Uint8Array.from('uno', (letter, index) => (index === at ? byte : letter.charCodeAt(0)));
        expect(takes(id)).toBe(isLetter);
      }
    }
    for (let length = 0; length < 256; length++) expect(takes(new Uint8Array(length).fill(0x61))).toBe(length > 0);
  });
});
