/** The attacks on emulated boards that were built with keys, and on the shipped images, which have none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackHighWater, startInProcess, startQemuBoard } from '@adiabit/simulator/boards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../sdk/scripts/build-firmware-images.js';
import { openPort } from '../../sdk/src/device/open-port.js';
import { imageOf, machine, qemuMachine } from '../support/board-files.js';
import { temporaryFolder } from '../support/host-device.js';
import { RawLine } from '../support/raw-line.js';
import { missingTools, titled } from '../support/tools.js';
import { writeTrustedKeys } from '../support/trusted-keys.js';
import { ATTACKS, ATTACKS_ON_UPDATES, FLIPS, takesAnyCircuit } from './attacks.js';
import { BUILT_IN, CURRENT, install, NEXT, PRODUCT, runs, signedBy, type Victim } from './world.js';

/** ports/rp2040/link.ld */
const PICO_STACK = { address: 0x20040000, length: 8192 };
/** Attacks that leave the board as it was, one from each family. */
const SLICE = [
  'replayOfAnOlderCircuit',
  'circuitOfAnotherProduct',
  'circuitOfAnotherBoard',
  'circuitOfAStranger',
  'strangerUnderTheIdOfOurKey',
  'truncatedManifest',
  'beginWithoutAManifest',
  'beginWithTheManifestOfAnother',
  'manifestFromBeforeARestart',
  'otherBytesThanAuthorized',
  'keyTableOfAStranger',
  'keyTableWithoutTheKeyOfTheCircuit',
  'confirmationAfterARevocation',
] as const;
/** A Pico in this process takes a second for a signature. */
const SMALL_SLICE = [
  'manifestFromBeforeARestart',
  'beginWithoutAManifest',
  'replayOfAnOlderCircuit',
  'strangerUnderTheIdOfOurKey',
  'keyTableWithoutTheKeyOfTheCircuit',
] as const;

const boardVictim = (board: string, line: RawLine): Victim => ({
  board,
  ask: async (request) => (await line.ask(request)).payload,
  async restart() {
    await line.ask({ type: 'reset' });
    await line.knock();
  },
  erases: () => Promise.resolve(undefined),
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let header: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  header = writeTrustedKeys(folder.path, PRODUCT, BUILT_IN);
});
afterAll(() => folder.dispose());

async function withstands(victim: Victim, slice: readonly string[], everyBit: number): Promise<void> {
  expect(await install(victim, 0, CURRENT)).toBe('ok');
  await victim.restart();
  for (const name of slice) {
    await ATTACKS[name](victim);
    expect(await runs(victim, CURRENT), name).toBe(true);
  }
  await FLIPS['flippedBits'](everyBit)(victim);
  await ATTACKS_ON_UPDATES['wayBackThroughTheOtherSlot'](victim);
  await victim.restart();
  expect(await runs(victim, NEXT)).toBe(true);
  expect(await install(victim, 0, signedBy(CURRENT.circuit, 3, { board: victim.board }))).toBe('ok');
}

/** Opens the line to a board in QEMU for as long as `use` takes. */
async function overItsPort(path: string, use: (line: RawLine) => Promise<void>): Promise<void> {
  const port = await openPort(path);
  try {
    const line = new RawLine({ write: (sent) => void port.write(sent), onData: (listener) => port.onData(listener) });
    await line.knock();
    await use(line);
  } finally {
    await port.close();
  }
}

describe('the shipped image of a Pico', () => {
  it('has no keys, says so, and takes any circuit', async () => {
    const board = startInProcess(machine('rp2040'), { image: readFileSync(imageOf('rp2040')) });
    try {
      await takesAnyCircuit(boardVictim('rp2040', new RawLine(board)));
    } finally {
      board.close();
    }
  });
});

const missing = missingTools('make', 'cargo', 'arm-none-eabi-gcc');
describe.skipIf(missing.length > 0)(titled('an emulated Pico that trusts two keys', missing), () => {
  it('withstands the attacks, within its stack', async () => {
    const { bytes } = buildImage('rp2040', join(folder.path, 'rp2040'), header);
    const board = startInProcess(machine('rp2040'), { image: bytes });
    try {
      await withstands(boardVictim('rp2040', new RawLine(board)), SMALL_SLICE, 401);
      expect(board.fault).toBeUndefined();
      const used = stackHighWater(board.readRam(PICO_STACK.address, PICO_STACK.length));
      expect(used).toBeGreaterThan(1000);
      expect(used).toBeLessThan(PICO_STACK.length / 2);
    } finally {
      board.close();
    }
  }, 600_000);
});

const qemuMissing = missingTools('make', 'cargo', 'arm-none-eabi-gcc', 'qemu-system-arm');
describe.skipIf(qemuMissing.length > 0)(titled('an STM32F405 in QEMU that trusts two keys', qemuMissing), () => {
  it('withstands the attacks', async () => {
    const { bytes } = buildImage('stm32f405', join(folder.path, 'stm32f405'), header);
    const board = await startQemuBoard(qemuMachine('stm32f405'), { image: bytes });
    try {
      await overItsPort(board.path, (line) => withstands(boardVictim('stm32f405', line), SLICE, 131));
    } finally {
      await board.close();
    }
  }, 600_000);
});

const emulatorMissing = missingTools('qemu-system-arm');
describe.skipIf(emulatorMissing.length > 0)(titled('the shipped image of an STM32F405', emulatorMissing), () => {
  it('has no keys, says so, and takes any circuit', async () => {
    const board = await startQemuBoard(qemuMachine('stm32f405'), { image: readFileSync(imageOf('stm32f405')) });
    try {
      await overItsPort(board.path, (line) => takesAnyCircuit(boardVictim('stm32f405', line)));
    } finally {
      await board.close();
    }
  });
});
