/** What boards.json says against what the ports compile to, and what happens to a port whose slots are where they cannot be. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolPrefix } from '../../sdk/src/boards/build-image.js';
import { readBoards, type Board } from '../../sdk/src/boards/catalogue.js';
import { compilerFlags, sourceFolders } from '../../sdk/src/boards/make-list.js';
import { COUNTER_UNIT } from '../../sdk/src/protocol/constants.js';
import { mustRun } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { missingTools, titled } from '../support/tools.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.dispose());

const includes = (board: Board, firmware: string): string[] => [
  `-I${join(firmware, 'core')}`,
  ...sourceFolders(board).map((name) => `-I${join(firmware, name)}`),
];

/** Numbers of a port, as a C compiler reads its board.h; they do not depend on the chip. */
function portNumbers(board: Board): Readonly<Record<string, number>> {
  const slotBytes = (prefix: string): string => `${prefix}_SLOT_REGION_BYTES - ${prefix}_SECTOR_BYTES`;
  const expressions = {
    clockHz: 'BOARD_CLOCK_HZ',
    baudRate: 'BOARD_BAUD_RATE',
    flashBytes: 'BOARD_FLASH_BYTES',
    ramBytes: 'BOARD_RAM_BYTES',
    maxPayloadBytes: 'BOARD_MAX_PAYLOAD_BYTES',
    windowBytes: 'BOARD_WINDOW_BYTES',
    slotCount: 'BOARD_SLOT_COUNT',
    slotBytes: slotBytes('BOARD'),
    workBytes: 'BOARD_WORK_BYTES',
    counterUnit: 'BOARD_COUNTER_UNIT',
    counterHz: 'BOARD_COUNTER_HZ',
    everyLayer: 'ADIABIT_EVERY_LAYER',
  };
  const print = (name: string, expression: string): string =>
    `printf("\\"${name}\\": %lu, ", (unsigned long)(${expression}));`;
  const source = [
    '#include <stdio.h>',
    '#include "board.h"',
    '#include "adiabit_layers.h"',
    '#include "generated/adiabit_protocol.h"',
    'int main(void) { printf("{");',
    ...Object.entries(expressions).map(([name, expression]) => print(name, expression)),
    `#if defined(BOARD_RAM_SLOT_REGION_BYTES)\n${print('ramSlotBytes', slotBytes('BOARD_RAM'))}\n#endif`,
    'printf("\\"end\\": 0}"); return 0; }',
  ];
  const [path, program] = [join(folder.path, `${board.id}.c`), join(folder.path, board.id)];
  writeFileSync(path, source.join('\n'));
  const defines = compilerFlags(board).filter((flag) => flag.startsWith('-D'));
  mustRun(FIRMWARE, 'gcc', '-std=c99', ...defines, ...includes(board, FIRMWARE), '-o', program, path);
  return JSON.parse(mustRun(FIRMWARE, program)) as Record<string, number>;
}

const noCompiler = missingTools('gcc');
describe.skipIf(noCompiler.length > 0)(titled('boards.json', noCompiler), () => {
  it.each(readBoards().map((entry) => [entry.id, entry] as const))('says what the port of %s says', (id, entry) => {
    const { end, everyLayer, counterUnit, ramSlotBytes, ...numbers } = portNumbers(entry);
    expect(end).toBe(0);
    expect(entry).toMatchObject(numbers);
    expect(entry.ramSlots?.slotBytes).toBe(ramSlotBytes);
    expect(entry.layerKinds ?? 'every').toBe(everyLayer === 1 ? 'every' : 'counting');
    expect(entry.counterUnit).toBe(Object.entries(COUNTER_UNIT).find(([, value]) => value === counterUnit)![0]);
    expect(readFileSync(join(FIRMWARE, 'ports', id, 'board.h'), 'utf8')).toContain(`#define BOARD_ID "${id}"`);
    const script = readFileSync(join(FIRMWARE, 'ports', id, 'link.ld'), 'utf8');
    const origin = /(?:FLASH|CONSTANTS) \(r\w?\) : ORIGIN = (0x[0-9A-F]+)/.exec(script);
    expect(entry.loadAddress).toBe(Number(origin?.[1] ?? 0));
  });
});

type Numbers = Readonly<Record<string, string>>;

/** The firmware with other numbers in the board.h of one board. */
function firmwareWith(board: Board, numbers: Numbers): string {
  const copy = join(folder.path, `with-${board.id}`);
  mkdirSync(copy, { recursive: true });
  for (const name of ['core', 'ports', 'generated', 'Makefile']) {
    cpSync(join(FIRMWARE, name), join(copy, name), { recursive: true });
  }
  const path = join(copy, 'ports', board.id, 'board.h');
  let text = readFileSync(path, 'utf8');
  for (const [name, value] of Object.entries(numbers)) {
    const line = new RegExp(`#define ${name} .*`);
    expect(text).toMatch(line);
    text = text.replace(line, `#define ${name} ${value}`);
  }
  writeFileSync(path, text);
  return copy;
}

describe('a port', () => {
  for (const board of readBoards()) {
    const compiler = `${toolPrefix(board)}gcc`;
    const missing = missingTools('make', compiler);
    it.skipIf(missing.length > 0)(
      titled(`of ${board.id} is not linked with slots in the program or beyond the flash`, missing),
      () => {
        const copy = firmwareWith(board, {
          BOARD_SLOT_A_ADDRESS: 'BOARD_FLASH_ADDRESS',
          BOARD_SLOT_REGION_BYTES: '(BOARD_FLASH_BYTES + BOARD_SECTOR_BYTES)',
          ...(board.id === 'stm32f405' ? { BOARD_SLOT_A_SECTOR: '4u' } : {}),
          ...(board.family === 'avr' ? {} : { BOARD_RAM_BYTES: '1024u' }),
        });
        const { status, stderr } = spawnSync('make', ['-s', board.id], { cwd: copy, encoding: 'utf8' });
        expect(status).not.toBe(0);
        expect(stderr).toContain('the program reaches into the slots');
        expect(stderr).toContain('the slots reach beyond the flash');
        expect(stderr).toContain(
          board.family === 'avr' ? 'the slots reach into what lies above them' : 'more RAM than BOARD_RAM_BYTES',
        );
      },
      120_000,
    );

    it.skipIf(missingTools(compiler).length > 0)(
      titled(`of ${board.id} is not compiled with slots that are no sectors`, missingTools(compiler)),
      () => {
        for (const [numbers, message] of [
          [{ BOARD_SLOT_A_ADDRESS: '(BOARD_FLASH_ADDRESS + 4)' }, 'not where a sector begins'],
          [{ BOARD_SLOT_REGION_BYTES: '(3 * BOARD_SECTOR_BYTES / 2)' }, 'not two sectors at least'],
          [{ BOARD_SLOT_REGION_BYTES: 'BOARD_SECTOR_BYTES' }, 'not two sectors at least'],
        ] as const) {
          const copy = firmwareWith(board, numbers);
          const source = join(copy, 'ports/common/placement.c');
          const result = spawnSync(compiler, ['-fsyntax-only', ...includes(board, copy), source], { encoding: 'utf8' });
          expect(result.stderr).toContain(message);
          expect(result.status).not.toBe(0);
        }
      },
    );
  }
});

describe('the guide to a new board', () => {
  const guide = readFileSync(new URL('../../docs/guides/add-a-board.md', import.meta.url), 'utf8');
  const read = (path: string): string => readFileSync(join(FIRMWARE, path), 'utf8');

  it('explains every macro of every board.h', () => {
    const macros = readBoards().flatMap(({ id }) =>
      [...read(`ports/${id}/board.h`).matchAll(/#define (\w+) /g)].map(([, name]) => name),
    );
    expect(macros.length).toBeGreaterThan(100);
    for (const macro of new Set(macros)) expect(guide).toContain(`\`${macro}\``);
  });

  it('explains every field of boards.json, those of its parts, too', () => {
    const fieldsOf = (value: unknown): readonly string[] => {
      if (Array.isArray(value)) return value.flatMap(fieldsOf);
      if (typeof value !== 'object' || value === null) return [];
      return Object.entries(value).flatMap(([name, part]) =>
        name === 'numbers' || name === 'notes' ? [name] : [name, ...fieldsOf(part)],
      );
    };
    const fields = fieldsOf(JSON.parse(read('boards.json')));
    expect(fields.length).toBeGreaterThan(100);
    for (const field of new Set(fields)) expect(guide).toContain(`\`${field}\``);
  });

  it('names every kernel, and what tables of sums take', () => {
    const header = read('core/adiabit_kernel.h');
    const kernels = [...header.matchAll(/extern const adiabit_kernel_t (\w+);/g)].map(([, name]) => name);
    expect(kernels.length).toBeGreaterThan(7);
    for (const kernel of kernels) expect(guide).toContain(`\`${kernel}\``);
    const bytes = Number(/ADIABIT_SUMS_BYTES_PER_WORD (\d+)u/.exec(header)![1]);
    expect(guide).toContain(`Tables take ${bytes} bytes for every 32 inputs`);
    expect(guide).toContain(`784 inputs: ${(Math.ceil(784 / 32) * bytes).toLocaleString('en')} bytes`);
  });
});
