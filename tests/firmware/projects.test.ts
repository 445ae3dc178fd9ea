import { readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolPrefix } from '../../sdk/src/boards/build-image.js';
import { readBoards } from '../../sdk/src/boards/catalogue.js';
import { imageName, userImageName } from '../../sdk/src/boards/images.js';
import { boardSources } from '../../sdk/src/boards/make-list.js';
import { coreSources, generatedProjects } from '../../sdk/scripts/generate-firmware-projects.js';
import { signedFolder } from '../../sdk/scripts/build-firmware-images.js';
import { generateKeys } from '../../sdk/src/signature/index.js';
import { boardEntries } from '../support/board-files.js';
import { mustRun, tool } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { platformioBuild } from '../support/platformio.js';
import { missingTools } from '../support/tools.js';
import { writeTrustedKeys } from '../support/trusted-keys.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));

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

const all = readBoards().map((board) => ({
  id: board.id,
  template: board.template,
  prefix: toolPrefix(board),
  images: new Set(['.hex', extname(imageName(board)), extname(userImageName(board))]),
}));
const withImages = all.filter(({ template }) => template === undefined);
const templates = all.filter(({ template }) => template !== undefined);

describe('the projects for other build systems', () => {
  it.each(generatedProjects().map(({ path, text }) => [path.slice(FIRMWARE.length), path, text]))(
    '%s is what boards.json, build.json and the folders of sources say; if not: npm run generate',
    (_, path, text) => {
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('boards.json says of every board without an image what has not been run', () => {
    expect(templates.length).toBeGreaterThan(0);
    for (const { template } of templates) expect(template).toMatch(/never run/);
  });

  describe('platformio.ini', () => {
    const project = readFileSync(join(FIRMWARE, 'platformio.ini'), 'utf8');
    const boards = readBoards().filter(({ build }) => build.platformio !== undefined);

    it.each(boards.map((board) => [board.id, board] as const))('compiles the files of %s', (_, board) => {
      expect(platformioBuild(project, board.id).sources).toEqual([...coreSources(), ...boardSources(board)]);
    });

    const [noDryRun, sameFlags] = needs('gives %s the flags of make, each as often and none besides', 'make');
    it.skipIf(noDryRun).each(boards.map(({ id }) => id))(sameFlags, (id) => {
      const { flags, libraries, sources } = platformioBuild(project, id);
      const made = mustRun(FIRMWARE, 'make', '-n', id, `BUILD=${join(folder.path, 'dry')}`);
      const command = made.split('\n').find((line) => line.includes('-gcc ') && line.includes(' -o '));
      // Where the map and the program go, and how paths are told, decide nothing about the image.
      const others = /^(?:-Wl,-Map=.*|-ffile-prefix-map=.*|-o|\S+\.elf|\S+-gcc)$/;
      const given = command!.split(/\s+/).filter((word) => word !== '' && !others.test(word));
      expect([...given].sort()).toEqual([...flags, ...libraries, ...sources].sort());
    });

    for (const { id: board, prefix } of withImages) {
      const [noCompiler, image] = needs(
        `its files and flags alone make the image of ${board}, byte for byte`,
        'make',
        `${prefix}gcc`,
      );
      it.skipIf(noCompiler)(
        image,
        () => {
          const { flags, libraries, sources } = platformioBuild(project, board);
          const [elf, bin] = [join(folder.path, `pio-${board}.elf`), join(folder.path, `pio-${board}.bin`)];
          mustRun(FIRMWARE, `${prefix}gcc`, ...flags, ...sources, ...libraries, '-o', elf);
          mustRun(FIRMWARE, `${prefix}objcopy`, '-O', 'binary', elf, bin);
          mustRun(FIRMWARE, 'make', '-s', board, `BUILD=${join(folder.path, 'make')}`);
          expect(readFileSync(bin).equals(readFileSync(join(folder.path, 'make', `${board}.bin`)))).toBe(true);
        },
        240_000,
      );
    }
  });

  for (const { id: board, prefix } of templates) {
    const [noTemplate, template] = needs(`the template ${board} compiles without a warning`, 'make', `${prefix}gcc`);
    it.skipIf(noTemplate)(
      template,
      () => {
        mustRun(FIRMWARE, 'make', '-s', board, `BUILD=${folder.path}`);
        // Far below the room that they have: growth that nobody meant is seen. Learnt logic took 3 KiB.
        expect(readFileSync(join(folder.path, `${board}.bin`)).length).toBeLessThan(38 * 1024);
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

  for (const { id: board, prefix, images } of withImages) {
    const title = `CMake builds the image of ${board} as make does, byte for byte`;
    const [noCmake, cmake] = needs(title, 'cmake', `${prefix}gcc`);
    it.skipIf(noCmake)(
      cmake,
      () => {
        const build = join(folder.path, 'cmake', board);
        // As careless as can be: neither a type of build nor flags of the environment may get into an image.
        const options = [`-DADIABIT_BOARD=${board}`, '-DCMAKE_BUILD_TYPE=Debug'];
        mustRun(FIRMWARE, 'env', 'CFLAGS=-O1 -g', 'cmake', '-S', '.', '-B', build, ...options);
        mustRun(FIRMWARE, 'cmake', '--build', build);
        mustRun(FIRMWARE, 'make', '-s', board, `BUILD=${join(folder.path, 'make')}`);
        for (const extension of images) {
          const built = readFileSync(join(build, board + extension));
          expect(built.equals(readFileSync(join(folder.path, 'make', board + extension))), extension).toBe(true);
        }
      },
      240_000,
    );
  }

  const [noSigned, signed] = needs(
    'CMake builds an image for a key as make does, byte for byte',
    'cmake',
    'cargo',
    'arm-none-eabi-gcc',
  );
  it.skipIf(noSigned)(
    signed,
    () => {
      const { publicKey, privateKey } = generateKeys();
      const header = writeTrustedKeys(folder.path, 'acme', [publicKey]);
      const secret = join(folder.path, 'ours.key');
      writeFileSync(secret, privateKey);
      const build = join(folder.path, 'cmake', 'signed');
      const configure = (file: string) =>
        tool(FIRMWARE, 'cmake', '-S', '.', '-B', build, '-DADIABIT_BOARD=rp2040', `-DADIABIT_KEYS=${file}`);
      expect(configure(secret).output).toContain('this is a private key');
      expect(configure(header).status).toBe(0);
      mustRun(FIRMWARE, 'cmake', '--build', build);
      const made = join(folder.path, 'make');
      mustRun(FIRMWARE, 'make', '-s', 'rp2040', `BUILD=${made}`, `KEYS=${header}`);
      const image = readFileSync(join(build, 'rp2040.uf2'));
      expect(image.equals(readFileSync(join(made, signedFolder(readFileSync(header)), 'rp2040.uf2')))).toBe(true);
    },
    240_000,
  );

  const [noPackage, npmPackage] = needs(
    'the npm package builds the same images',
    'make',
    'avr-gcc',
    'arm-none-eabi-gcc',
  );
  it.skipIf(noPackage)(
    npmPackage,
    () => {
      const packed = mustRun(FIRMWARE, 'npm', 'pack', '--silent', '--pack-destination', folder.path).trim();
      mustRun(folder.path, 'tar', '-xzf', packed.split('\n').at(-1)!);
      const unpacked = join(folder.path, 'package');
      mustRun(unpacked, 'make', '-s', 'uno', 'rp2040');
      mustRun(FIRMWARE, 'make', '-s', 'uno', 'rp2040', `BUILD=${join(folder.path, 'make')}`);
      for (const file of ['uno.hex', 'rp2040.uf2']) {
        const built = readFileSync(join(unpacked, 'build', file));
        expect(built.equals(readFileSync(join(folder.path, 'make', file))), file).toBe(true);
      }
      const header = writeTrustedKeys(folder.path, 'acme', [generateKeys().publicKey]);
      expect(mustRun(unpacked, 'sh', 'signature/trusted-keys.sh', header)).toMatch(/^[0-9a-f]{16}\n$/);
    },
    240_000,
  );

  const [noMake, help] = needs('make help lists every target', 'make');
  it.skipIf(noMake)(help, () => {
    const text = mustRun(FIRMWARE, 'make', '-s', 'help');
    const phony = [...readFileSync(join(FIRMWARE, 'Makefile'), 'utf8').matchAll(/^\.PHONY: (.*)$/gm)]
      .flatMap(([, targets]) => targets.split(' '))
      .filter((target) => /^[a-z-]+$/.test(target) && target !== 'always' && target !== 'help');
    expect(phony.length).toBeGreaterThan(5);
    for (const target of [...phony, ...readBoards().map(({ id }) => id)]) {
      expect(text).toMatch(new RegExp(`\\b${target}\\b`));
    }
  });

  it.skipIf(noMake)('make leaves out what cannot be compiled here, by name, and a board asked for says why', () => {
    const absent = ['CORTEX-M=absent-', 'RISCV=absent-', 'AVR=absent-', 'CC_HOST=absent'];
    const text = mustRun(FIRMWARE, 'make', '-s', ...absent, `BUILD=${join(folder.path, 'absent')}`);
    for (const { id } of boardEntries()) expect(text).toContain(`skipped: ${id} (absent-gcc is not installed)`);
    expect(text).toContain('skipped: host');
    const asked = tool(FIRMWARE, 'make', '-s', 'uno', ...absent, `BUILD=${join(folder.path, 'absent')}`);
    expect(asked.output).toContain('uno needs absent-gcc, which is not installed');
    expect(asked.status).not.toBe(0);
  });

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
