import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildHostFirmware } from './host-firmware.js';
import { HOST_TOOLS, ICARUS, ICE40, QEMU, VERILATOR, YOSYS, missingTools } from './tools.js';

/**
 * Builds once before the tests: the packages, so that tests of the command line never run a stale build, and the
 * firmware for the host, so that test files do not build it over each other.
 */
export default async function build(): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  execFileSync(process.execPath, [compiler, '-b'], { cwd: root, stdio: 'inherit' });
  const bundler = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));
  for (const config of ['vite.config.ts', 'vite.preload.config.ts']) {
    execFileSync(process.execPath, [bundler, 'build', '--config', config], {
      cwd: `${root}desktop-app`,
      stdio: 'inherit',
      // What ships: vitest's own NODE_ENV would make a page for developers.
      env: { ...process.env, NODE_ENV: 'production' },
    });
  }
  const boards = [
    ...HOST_TOOLS,
    'cmake',
    'arm-none-eabi-gcc',
    'avr-gcc',
    'riscv64-unknown-elf-gcc',
    ...QEMU,
    'cargo',
    'socat',
  ];
  const missing = missingTools(...new Set([...boards, ...ICARUS, ...VERILATOR, ...YOSYS, ...ICE40]));
  if (missing.length > 0) console.log(`Not installed, so the tests that need them are skipped: ${missing.join(', ')}.`);
  if (missingTools(...HOST_TOOLS).length === 0) await buildHostFirmware();
}
