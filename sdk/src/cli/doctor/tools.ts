import { execFile } from 'node:child_process';
import { readBoards } from '../../boards/index.js';
import type { Check } from './checks.js';

/** A program of others that something here calls. The product works without any of them. */
interface Tool {
  readonly command: string;
  /** What it is for, as the words after "for". */
  readonly purpose: string;
  readonly debianPackage: string;
  /** What makes it say its version (`--version`). */
  readonly flag?: string;
}

const COMPILERS: readonly Tool[] = [
  { command: 'gcc', purpose: 'firmware on the host, under sanitizers, and exported C', debianPackage: 'gcc' },
  { command: 'g++', purpose: 'Verilator and the training backend node', debianPackage: 'g++' },
  { command: 'make', purpose: 'firmware builds', debianPackage: 'make' },
  { command: 'cmake', purpose: 'firmware builds in projects of CMake', debianPackage: 'cmake' },
  { command: 'arm-none-eabi-gcc', purpose: 'firmware of Cortex-M boards', debianPackage: 'gcc-arm-none-eabi' },
  { command: 'avr-gcc', purpose: 'firmware of AVR boards', debianPackage: 'gcc-avr avr-libc' },
  {
    command: 'riscv64-unknown-elf-gcc',
    purpose: 'firmware of RISC-V boards',
    debianPackage: 'gcc-riscv64-unknown-elf',
  },
  { command: 'cargo', purpose: 'firmware that checks signatures (it fetches Monocypher)', debianPackage: 'cargo' },
  { command: 'clang-format', purpose: 'the format of the C', debianPackage: 'clang-format' },
  { command: 'clang', purpose: 'fuzzing the firmware', debianPackage: 'clang' },
  { command: 'python3', purpose: 'npx adiabit-install-tensorflow', debianPackage: 'python3 python3-pip' },
];

const CIRCUIT_TOOLS: readonly Tool[] = [
  { command: 'iverilog', purpose: 'exported Verilog and its test bench', debianPackage: 'iverilog', flag: '-V' },
  { command: 'verilator', purpose: 'exported Verilog, fast', debianPackage: 'verilator' },
  { command: 'yosys', purpose: 'proofs and synthesis of exported circuits', debianPackage: 'yosys', flag: '-V' },
  { command: 'nextpnr-ice40', purpose: 'placing circuits on an iCE40', debianPackage: 'nextpnr-ice40' },
  { command: 'icepack', purpose: 'the bitstream of an iCE40', debianPackage: 'fpga-icestorm', flag: '-h' },
];

const OTHERS: readonly Tool[] = [
  { command: 'avrdude', purpose: 'comparing our AVR loader with another', debianPackage: 'avrdude', flag: '-v' },
  {
    command: 'stm32flash',
    purpose: 'comparing our STM32 loader with another',
    debianPackage: 'stm32flash',
    flag: '-h',
  },
  { command: 'redis-server', purpose: 'sweeps over several machines', debianPackage: 'redis-server' },
  { command: 'socat', purpose: 'pseudo terminals in tests', debianPackage: 'socat', flag: '-V' },
  { command: 'chromium', purpose: 'the app in a window of its own, and its tests', debianPackage: 'chromium' },
  { command: 'xvfb-run', purpose: 'tests of that window without a screen', debianPackage: 'xvfb', flag: '--help' },
];

/** The packages of QEMU that are not called as their program is. */
const QEMU_PACKAGES: Readonly<Record<string, string>> = { 'qemu-system-riscv32': 'qemu-system-misc' };

/** Returns the emulators that boards need beside this process, and the ports that they bring. */
function emulators(folder: string | undefined): readonly Tool[] {
  const ports = new Map<string, string[]>();
  for (const { id, emulator } of readBoards(folder)) {
    if (emulator?.kind !== 'qemu') continue;
    ports.set(emulator.program, [...(ports.get(emulator.program) ?? []), `virtual:${id}`]);
  }
  return [...ports].map(([command, paths]) => ({
    command,
    purpose: `the emulated boards ${paths.join(', ')}`,
    debianPackage: QEMU_PACKAGES[command] ?? command,
  }));
}

const TIMEOUT_MS = 10_000;

/** Returns the version that a tool says, if it says one, or nothing where it cannot be started. */
const versionOf = (command: string, flag: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(command, [flag], { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error !== null && 'code' in error && typeof error.code === 'string') {
        resolve(undefined);
        return;
      }
      resolve(/\d+\.\d[\w.+~-]*/.exec(`${stdout}\n${stderr}`)?.[0] ?? 'installed');
    });
  });

async function checkTool({ command, purpose, debianPackage, flag = '--version' }: Tool): Promise<Check> {
  const name = `tool ${command}`;
  const version = await versionOf(command, flag);
  if (version !== undefined) return { name, state: 'ok', detail: version, purpose };
  const advice = `on Debian or Ubuntu: sudo apt-get install ${debianPackage}`;
  return { name, state: 'optional', detail: 'not installed', purpose, advice };
}

/** Looks for every tool of others that the product, its tests or its firmware call. */
export const checkTools = (folder?: string): Promise<Check[]> =>
  Promise.all([...COMPILERS, ...emulators(folder), ...CIRCUIT_TOOLS, ...OTHERS].map(checkTool));
