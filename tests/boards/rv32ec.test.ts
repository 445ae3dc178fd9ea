/**
 * The core of a CH32V003 in QEMU. No emulator has that chip, but QEMU has its instructions (RV32EC): the firmware of this board is
 * compiled with the flags and the numbers of the chip, for peripherals of QEMU's machine `virt`.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardNamed } from '../../sdk/src/boards/catalogue.js';
import { boardEntry } from '../support/board-files.js';
import { measureBoardSizes } from '../support/board-sizes.js';
import { adiabit } from '../support/cli.js';
import { mustRun } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { missingTools, titled } from '../support/tools.js';

const firmware = fileURLToPath(new URL('../../firmware-templates', import.meta.url));
const source = fileURLToPath(new URL('rv32ec-board', import.meta.url));

/** What an interrupt takes of the stack where it is deepest. */
const INTERRUPT_BYTES = 64;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let home: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  home = join(folder.path, 'boards');
  await cp(source, home, { recursive: true });
});
afterAll(() => folder.dispose());

const missing = missingTools('make', 'riscv64-unknown-elf-gcc', 'qemu-system-riscv32');

describe.skipIf(missing.length > 0)(titled('the firmware of the CH32V003, with peripherals of QEMU', missing), () => {
  it('has the flags and the numbers of the chip', () => {
    const [chip, ours] = [boardEntry('ch32v003'), boardNamed('rv32ec', home)];
    const { slotBytes, sectorBytes, workBytes, maxPayloadBytes, windowBytes, ringBytes, kernel, layerKinds } = chip;
    expect(ours).toMatchObject({ slotBytes, sectorBytes, workBytes, maxPayloadBytes, windowBytes, ringBytes });
    expect(ours).toMatchObject({ kernel, layerKinds, build: { flags: chip.build.flags } });
  });

  it('passes the suite of a board', { timeout: 240_000 }, async () => {
    const built = await adiabit(['build-board', 'rv32ec', '--boards', home]);
    expect(built.code, built.stderr).toBe(0);
    expect(mustRun(home, 'riscv64-unknown-elf-readelf', '-h', 'build/rv32ec.elf')).toContain('RVC, RVE');
    const checked = await adiabit(['check-board', '--port', 'virtual:rv32ec', '--boards', home]);
    expect(checked.code, checked.stdout).toBe(0);
    expect(checked.stdout).toContain('16 passed, 0 failed');
  });

  it('needs no more stack than the chip has left', { timeout: 120_000 }, async () => {
    const { stack } = await measureBoardSizes(boardNamed('rv32ec', home));
    mustRun(firmware, 'make', '-s', 'ch32v003', `BUILD=${folder.path}`);
    const symbols = mustRun(folder.path, 'riscv64-unknown-elf-nm', 'ch32v003.elf');
    const addressOf = (name: string): number => parseInt(new RegExp(`^(\\w+) . ${name}$`, 'm').exec(symbols)![1], 16);
    const left = addressOf('stack_top') - addressOf('stack_bottom');
    expect(stack.dense).toBeGreaterThan(256);
    expect(stack.dense + INTERRUPT_BYTES).toBeLessThanOrEqual(left);
  });
});
