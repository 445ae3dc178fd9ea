import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BOOT_BLOCK_PATH, bootBlockSource } from '../../sdk/scripts/generate-boot-block.js';
import { buildImage, installedCompiler, readManifest } from '../../sdk/scripts/build-firmware-images.js';
import { imageName, userImageName } from '../../sdk/src/boards/images.js';
import { boardEntries, boardEntry, imagePath } from '../support/board-files.js';

const manifest = readManifest();
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('the committed firmware images', () => {
  it.each(manifest.images)('$file and $userFile are what the manifest says', (image) => {
    expect(sha256(imagePath(image.file))).toBe(image.sha256);
    expect(sha256(imagePath(image.userFile))).toBe(image.userSha256);
  });

  it('there is one for every board, and it fits', () => {
    expect(manifest.images.map(({ board }) => board)).toEqual(boardEntries().map(({ id }) => id));
    for (const image of manifest.images) {
      const board = boardEntry(image.board);
      expect([image.file, image.userFile]).toEqual([imageName(board), userImageName(board)]);
      expect(image.ramBytes).toBeLessThan(board.ramBytes);
      expect(image.flashBytes + board.slotCount * board.slotBytes).toBeLessThan(board.flashBytes);
    }
  });

  it('the UF2 file carries the RP2040 image, block by block', () => {
    const image = manifest.images.find(({ board }) => board === 'rp2040')!;
    const bytes = readFileSync(imagePath(image.file));
    const uf2 = readFileSync(imagePath(image.userFile));
    const blocks = uf2.length / 512;
    expect(blocks).toBe(Math.ceil(bytes.length / 256));
    const carried = Array.from({ length: blocks }, (_, index) => uf2.subarray(512 * index, 512 * (index + 1)));
    carried.forEach((block, index) => {
      expect([block.readUInt32LE(0), block.readUInt32LE(4), block.readUInt32LE(508)]).toEqual([
        0x0a324655, 0x9e5d5157, 0x0ab16f30,
      ]);
      expect(block.readUInt32LE(12)).toBe(boardEntry('rp2040').loadAddress + 256 * index);
      expect([block.readUInt32LE(20), block.readUInt32LE(24), block.readUInt32LE(28)]).toEqual([
        index,
        blocks,
        0xe48bff56,
      ]);
    });
    const payload = Buffer.concat(carried.map((block) => block.subarray(32, 288)));
    expect(payload.subarray(0, bytes.length)).toEqual(bytes);
  });

  it('the HEX file carries the micro:bit image, and every record adds up', () => {
    const image = manifest.images.find(({ board }) => board === 'microbit')!;
    const memory = new Uint8Array(image.flashBytes);
    let base = 0;
    for (const text of readFileSync(imagePath(image.userFile), 'utf8').trim().split('\n')) {
      const record = Buffer.from(text.slice(1), 'hex');
      expect(record.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
      if (record[3] === 4) base = record.readUInt16BE(4) * 0x10000;
      if (record[3] === 0) memory.set(record.subarray(4, 4 + record[0]), base + record.readUInt16BE(1));
    }
    expect(memory).toEqual(new Uint8Array(readFileSync(imagePath(image.file))));
  });
});

const pico = manifest.images.find(({ board }) => board === 'rp2040')!;
const sameCompiler = installedCompiler('rp2040') === pico.compiler;
it.skipIf(!sameCompiler)(
  `the committed boot block of the Pico is what boot2.c compiles to${sameCompiler ? '' : ` (skipped: needs ${pico.compiler})`}`,
  () => {
    expect(readFileSync(BOOT_BLOCK_PATH, 'utf8')).toBe(bootBlockSource());
  },
);

describe.each(manifest.images)('building the image of $board again', ({ board, compiler }) => {
  const same = installedCompiler(board) === compiler;
  it.skipIf(!same)(same ? 'gives the same bytes' : `gives the same bytes (skipped: needs ${compiler})`, () => {
    const build = mkdtempSync(join(tmpdir(), 'adiabit-images-'));
    onTestFinished(() => rmSync(build, { recursive: true, force: true }));
    expect(buildImage(board, build).entry).toEqual(manifest.images.find((image) => image.board === board));
  });
});
