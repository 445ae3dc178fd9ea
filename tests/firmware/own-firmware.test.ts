/** The examples of inference in one's own program: built as their README says, and run on emulated boards. */
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startInProcess, startQemuBoard } from '@adiabit/simulator/boards';
import { countsOf, decodeBitstream } from '@adiabit/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coreSources } from '../../sdk/scripts/generate-firmware-projects.js';
import { adiabit, runTypeScript } from '../support/cli.js';
import { machine, qemuMachine } from '../support/board-files.js';
import { mustRun } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { EmulatedArduino, missingArduino } from '../support/loaders/arduino.js';
import { repeatableNumbers } from '../support/numbers.js';
import { evaluate, sampleCircuit } from '../support/sample-circuits.js';
import { missingTools, titled } from '../support/tools.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const examples = join(root, 'firmware-templates/examples');
const gestures = join(examples, 'gestures');
const abit = new Uint8Array(readFileSync(join(gestures, 'gestures.abit')));
const { network, goldenVectors, description } = decodeBitstream(abit);
const names = description.trainedOn!.classNames!;

/** Where examples/microbit/link.ld has it. */
const BITSTREAM_AT = 0x20000;

/** What every example prints of each recording, beside the time that it took. */
const expected = goldenVectors.map(({ outputs }) => {
  const best = outputs.indexOf(Math.max(...outputs));
  return `${names[best]}: ${[...outputs].join(' ')}`;
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.dispose());

const build = (...targets: readonly string[]): string =>
  mustRun(root, 'make', '-s', '-C', 'firmware-templates/examples', ...targets, `BUILD=${folder.path}`);
const built = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder.path, name)));

/** Returns an ADC of so many bits before which the recordings are performed, one reading after the other. */
function performed(bits: number): (channel: number) => number {
  let at = 0;
  return (channel) => {
    expect(channel).toBe(at % 3);
    const recording = goldenVectors[Math.floor(at / network.input.count) % goldenVectors.length].input;
    // The lower bits are not part of the example.
    return (recording[at++ % network.input.count] << (bits - 8)) | 1;
  };
}

type Listen = (listener: (bytes: Uint8Array) => void) => unknown;

/** Waits for lines of a board; what comes before the first line break may be a part of one. */
function linesOf(listen: Listen, count: number): Promise<readonly string[]> {
  return new Promise((resolve) => {
    let text = '';
    listen((bytes) => {
      text += new TextDecoder().decode(bytes);
      const lines = text.split('\r\n');
      if (lines.length > count) resolve(lines.slice(0, count));
    });
  });
}

/** What docs/guides/own-firmware.md says of a way: flash and RAM in bytes, and microseconds. */
function promised(way: string): readonly number[] {
  const guide = readFileSync(join(root, 'docs/guides/own-firmware.md'), 'utf8');
  const row = guide.split('\n').find((line) => line.startsWith(`| ${way} |`) && line.endsWith(' us |'));
  return row!
    .split('|')
    .slice(4, 7)
    .map((cell) => Number(cell.replace(/[ ,us]/g, '')));
}

/** Returns flash and RAM of a program: with its bytes in RAM too, where it runs there. */
function sizesOf(prefix: string, name: string, runsInRam = false): readonly [number, number] {
  const [text, data, bss] = mustRun(folder.path, `${prefix}size`, name).split('\n')[1].trim().split(/\s+/).map(Number);
  return [text + data, (runsInRam ? text : 0) + data + bss];
}

/** Holds the guide to what has been measured, within 3 %: of another compiler it may be more. */
function expectAsPromised(way: string, measured: readonly number[]): void {
  promised(way).forEach((number, index) => {
    expect(Math.abs(measured[index] / number - 1), `${way}: ${measured.join()}`).toBeLessThan(0.03);
  });
}

const untimed = (line: string): string => line.replace(/, \d+ us$/, '');
const microseconds = (line: string): number => Number(/, (\d+) us$/.exec(line)?.[1]);

describe('the gestures of the examples', () => {
  it('are one of each class, as the network says', () => {
    expect(expected.map((line) => line.split(':')[0])).toEqual(['rest', 'shake', 'circle', 'knock']);
  });

  it('are trained anew to the same bytes', { timeout: 120_000 }, async () => {
    const { code, stdout, stderr } = await runTypeScript([join(root, 'examples/train-gestures.ts'), folder.path]);
    expect(code, stderr).toBe(0);
    expect(Number(/([\d.]+) % of the test/.exec(stdout)?.[1])).toBeGreaterThan(98);
    for (const name of ['gestures.abit', 'recordings.h'])
      expect(Buffer.compare(built(name), readFileSync(join(gestures, name))), name).toBe(0);
  });

  it.each([
    ['gestures', 'flash-c'],
    ['exported-c', 'c'],
  ])('lie in %s as `export --format %s` writes them', async (place, format) => {
    const output = join(folder.path, 'gestures.c');
    const { code, stderr } = await adiabit([
      ...['export', join(gestures, 'gestures.abit'), '--format', format],
      ...['-o', output],
    ]);
    expect(code, stderr).toBe(0);
    for (const name of ['gestures.c', 'gestures.h'])
      expect(await readFile(join(folder.path, name), 'utf8')).toBe(await readFile(join(examples, place, name), 'utf8'));
  });
});

const noSketch = [...missingTools('make', 'avr-g++'), ...missingArduino()];

describe.skipIf(noSketch.length > 0)(titled('an Arduino sketch with a sensor at its ADC', noSketch), () => {
  it.each(['uno', 'mega'] as const)('prints classes on an emulated %s', { timeout: 120_000 }, async (board) => {
    build('arduino', `BOARD=${board}`);
    const arduino = new EmulatedArduino(built(`arduino-${board}.hex`), 0, { board, analog: performed(10) });
    const lines = await linesOf(arduino.onData, expected.length);
    await arduino.close();
    expect(lines.map(untimed)).toEqual(expected);
    if (board === 'uno')
      expectAsPromised('Arduino sketch', [...sizesOf('avr-', 'arduino-uno.elf'), microseconds(lines[0])]);
  });

  it('lies in the library that `make arduino` packs, where the IDE finds it', () => {
    mustRun(join(root, 'firmware-templates'), 'make', '-s', 'arduino', `BUILD=${folder.path}`);
    const library = join(folder.path, 'Adiabit');
    for (const [file, source] of [
      ['src/adiabit.h', 'core/adiabit.h'],
      ['examples/Gestures/Gestures.ino', 'examples/arduino/Gestures/Gestures.ino'],
      ['examples/Gestures/gestures.c', 'examples/gestures/gestures.c'],
      ['examples/Gestures/gestures.h', 'examples/gestures/gestures.h'],
    ])
      expect(readFileSync(join(library, file)).equals(readFileSync(join(root, 'firmware-templates', source)))).toBe(
        true,
      );
  });
});

const noPico = missingTools('cmake', 'arm-none-eabi-gcc');

it.skipIf(noPico.length > 0)(
  titled('a C project for the Pico, built without the Pico SDK, prints classes from its ADC', noPico),
  { timeout: 240_000 },
  async () => {
    build('pico');
    const board = startInProcess(machine('rp2040'), { image: built('pico/gestures.bin'), analog: performed(12) });
    const lines = await linesOf((listener) => board.onData(listener), expected.length);
    expect(board.fault).toBeUndefined();
    board.close();
    expect(lines.map(untimed)).toEqual(expected);
    const sizes = sizesOf('arm-none-eabi-', 'pico/gestures.elf', true);
    expectAsPromised('C project', [...sizes, microseconds(lines[0])]);
  },
);

const noMicrobit = missingTools('make', 'arm-none-eabi-gcc', 'qemu-system-arm');

describe.skipIf(noMicrobit.length > 0)(titled('a bare program for the micro:bit', noMicrobit), () => {
  /** Runs an image until it has printed so many whole lines. */
  async function printed(image: Uint8Array, count: number): Promise<readonly string[]> {
    const board = await startQemuBoard(qemuMachine('microbit'), { image });
    const stream = createReadStream(board.path);
    stream.on('error', () => undefined); // the terminal ends with the board
    // Its first line may have gone before QEMU saw a listener.
    const lines = await linesOf(
      (listener) => stream.on('data', listener as (bytes: string | Buffer) => void),
      count + 1,
    );
    stream.destroy();
    await board.close();
    return lines.slice(1);
  }

  /** Returns the lines from the first recording on. */
  const inOrder = (lines: readonly string[]): readonly string[] => {
    const start = lines.findIndex((line) => line.startsWith('rest'));
    return lines.slice(start, start + expected.length);
  };

  it.each([
    ['bitstream-in-flash', 'bitstream in flash'],
    ['exported-c', 'exported C'],
  ])('prints classes: %s', { timeout: 60_000 }, async (name, way) => {
    build(name);
    const lines = inOrder(await printed(built(`${name}.bin`), 2 * expected.length));
    expect(lines.map(untimed)).toEqual(expected);
    expectAsPromised(way, [...sizesOf('arm-none-eabi-', `${name}.elf`), microseconds(lines[0])]);
  });

  it('runs another bitstream that is written to its place in flash', { timeout: 60_000 }, async () => {
    build('bitstream-in-flash');
    const { bytes, bitstream } = sampleCircuit(repeatableNumbers(61), {
      widths: [72, 20, 4],
      inputBits: 8,
      goldenVectors: 2,
    });
    const outputs = [...evaluate(countsOf(bitstream.network), goldenVectors[0].input)];
    const lines = await printed(withBitstream(bytes), 2 * expected.length);
    expect(lines.map((line) => line.replace(/^\w+: /, '').replace(/, .*$/, ''))).toContain(outputs.join(' '));
  });

  it('says why it does not run one that is damaged', { timeout: 60_000 }, async () => {
    build('bitstream-in-flash');
    const damaged = Uint8Array.from(abit);
    damaged[1000] ^= 1;
    expect(await printed(withBitstream(damaged), 1)).toEqual(['The bitstream cannot run: status 12']);
  });

  /** Returns the flash with other bytes where the bitstream lies. */
  function withBitstream(bytes: Uint8Array): Uint8Array {
    const image = built('bitstream-in-flash.bin');
    const flash = new Uint8Array(BITSTREAM_AT + bytes.length);
    flash.set(image.subarray(0, BITSTREAM_AT));
    flash.set(bytes, BITSTREAM_AT);
    return flash;
  }
});

const noCompiler = missingTools('gcc', 'g++');

describe.skipIf(noCompiler.length > 0)(titled('core/adiabit.h', noCompiler), () => {
  it('runs in memory that begins at any word, and says what is wrong', { timeout: 120_000 }, () => {
    const core = join(root, 'firmware-templates/core');
    const source = join(root, 'tests/firmware/own-firmware.c');
    const sources = coreSources().map((path) => join(root, 'firmware-templates', path));
    const checks = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const ours = [source, join(gestures, 'gestures.c'), `-I${core}`, `-I${gestures}`];
    mustRun(
      folder.path,
      'gcc',
      '-std=c99',
      '-O1',
      '-Wall',
      '-Wextra',
      '-Werror',
      ...checks,
      ...ours,
      ...sources,
      '-o',
      'api',
    );
    expect(mustRun(folder.path, './api').trim().split('\n')).toEqual(expected.map((line) => line.split(': ')[1]));
  });

  it('may be included by C++, on an AVR too, where flash has no pointers', () => {
    const program = join(folder.path, 'program.cpp');
    writeFileSync(
      program,
      '#include <gestures.h>\nconst adiabit_bitstream_t *stored = &gestures;\nint main() { return stored == nullptr; }\n',
    );
    const flags = [
      '-std=c++11',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-Wpedantic',
      `-I${gestures}`,
      '-c',
      program,
      '-o',
      '/dev/null',
    ];
    const headers = `-I${join(root, 'firmware-templates/core')}`;
    mustRun(folder.path, 'g++', headers, ...flags);
    if (missingTools('avr-g++').length === 0) mustRun(folder.path, 'avr-g++', '-mmcu=atmega328p', headers, ...flags);
  });
});
