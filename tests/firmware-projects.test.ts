import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  boardSources,
  buildBoards,
  coreSources,
  generatedProjects,
} from '../sdk/scripts/generate-firmware-projects.js';
import { boardEntries } from './support/board-files.js';
import { mustRun } from './support/eda.js';
import { temporaryFolder } from './support/host-device.js';
import { missingTools } from './support/tools.js';

const FIRMWARE = fileURLToPath(new URL('../firmware-templates/', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.dispose());

const needs = (title: string, ...tools: readonly string[]) => {
  const missing = missingTools(...tools);
  return [
    missing.length > 0,
    missing.length > 0 ? `${title} (skipped: ${missing.join(', ')} not installed)` : title,
  ] as const;
};

describe('the projects for other build systems', () => {
  it.each(generatedProjects().map(({ path, text }) => [path.slice(FIRMWARE.length), path, text]))(
    '%s is what build.json and the folders of sources say; if not: npm run generate',
    (_, path, text) => {
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('build.json names the boards of boards.json, and says of every other what has not been run', () => {
    const withImage = buildBoards().filter(({ template }) => template === undefined);
    expect(withImage.map(({ id }) => id)).toEqual(boardEntries().map(({ id }) => id));
    for (const { template } of buildBoards()) if (template !== undefined) expect(template).toMatch(/never run/);
  });

  it('PlatformIO compiles the same files', () => {
    const project = readFileSync(join(FIRMWARE, 'platformio.ini'), 'utf8');
    const core = /\[adiabit\]\nbuild_src_filter = (.*)/.exec(project)![1];
    for (const board of buildBoards()) {
      const filter = new RegExp(`\\[env:${board.id}\\][^[]*build_src_filter = (.*)`).exec(project)![1];
      const compiled = [...filter.replace('${adiabit.build_src_filter}', core).matchAll(/\+<(\S+)>/g)].map(
        ([, path]) => path,
      );
      expect(compiled).toEqual([...coreSources(), ...boardSources(board)]);
    }
  });

  for (const [board, compiler] of [
    ['stm32f103', 'arm-none-eabi-gcc'],
    ['esp32c3', 'riscv64-unknown-elf-gcc'],
  ] as const) {
    const [noTemplate, template] = needs(`the template ${board} compiles without a warning`, 'make', compiler);
    it.skipIf(noTemplate)(
      template,
      () => {
        mustRun(FIRMWARE, 'make', '-s', board, `BUILD=${folder.path}`);
        expect(readFileSync(join(folder.path, `${board}.bin`)).length).toBeLessThan(24 * 1024);
      },
      120_000,
    );
  }

  const [noEsp32, esp32] = needs('the ROM of the ESP32-C3 finds its two words', 'make', 'riscv64-unknown-elf-gcc');
  it.skipIf(noEsp32)(esp32, () => {
    mustRun(FIRMWARE, 'make', '-s', 'esp32c3', `BUILD=${folder.path}`);
    const image = readFileSync(join(folder.path, 'esp32c3.bin'));
    expect([image.readUInt32LE(0), image.readUInt32LE(4)]).toEqual([0xaedb041d, 0xaedb041d]);
  });

  for (const [board, tools] of [
    ['uno', 'avr-'],
    ['stm32f405', 'arm-none-eabi-'],
  ] as const) {
    const [noCmake, cmake] = needs(`CMake builds the image of ${board}, byte for byte`, 'cmake', `${tools}gcc`);
    it.skipIf(noCmake)(
      cmake,
      () => {
        const build = join(folder.path, board);
        const flags = [`-DADIABIT_BOARD=${board}`, '-DCMAKE_SYSTEM_NAME=Generic', `-DCMAKE_C_COMPILER=${tools}gcc`];
        mustRun(FIRMWARE, 'cmake', '-S', '.', '-B', build, ...flags);
        mustRun(FIRMWARE, 'cmake', '--build', build);
        mustRun(build, `${tools}objcopy`, '-O', 'ihex', 'firmware.elf', 'firmware.hex');
        mustRun(FIRMWARE, 'make', '-s', board, `BUILD=${join(folder.path, 'make')}`);
        const built = readFileSync(join(build, 'firmware.hex'), 'utf8');
        expect(built).toBe(readFileSync(join(folder.path, 'make', `${board}.hex`), 'utf8'));
      },
      240_000,
    );
  }

  const [noArduino, arduino] = needs('the Arduino library compiles as Arduino compiles it', 'make', 'avr-gcc');
  it.skipIf(noArduino)(
    arduino,
    () => {
      mustRun(FIRMWARE, 'make', '-s', 'arduino', `BUILD=${folder.path}`);
      const sources = coreSources().map((path) => path.replace('core/', 'src/'));
      const flags = ['-std=gnu11', '-mmcu=atmega2560', '-Os', '-flto', '-fno-fat-lto-objects', '-w', '-Isrc'];
      for (const source of sources) {
        mustRun(join(folder.path, 'Adiabit'), 'avr-gcc', ...flags, '-c', source, '-o', '/dev/null');
      }
    },
    240_000,
  );
});
