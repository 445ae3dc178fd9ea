/**
 * The webgpu backend of TensorFlow.js in Node, on Dawn (npm package `webgpu`). The backend package looks for
 * `navigator.gpu` and the constants of WebGPU while it is loaded, so they are put in place first.
 */
import { access } from 'node:fs/promises';
import { MASK_KERNEL_NAME, registerMaskKernel } from './mask-kernel.js';
import type { ImportModule } from './backend.js';
import { importTensorflow, BackendRefused, select, type StartedBackend } from './starting.js';

/** What is used of WebGPU here (https://www.w3.org/TR/webgpu). */
interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly device: string;
    readonly description: string;
    /** Whether it computes on the processor. */
    readonly isFallbackAdapter: boolean;
  };
}

interface Dawn {
  readonly create: (options: readonly string[]) => Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Dawn ends when its object is collected, which would take the device away from the library. */
let kept: Gpu | undefined;

/** Without one of these a Linux has no graphics processor for Vulkan; `/dev/dxg` is that of WSL. */
const linuxDevices = ['/dev/dri', '/dev/nvidiactl', '/dev/dxg'];

/**
 * Starts it on the fastest adapter. One that computes on the processor is slower than wasm by far and is taken only
 * when the user asked for this backend.
 */
export async function startWebgpu(importModule: ImportModule, isNamed: boolean): Promise<StartedBackend> {
  // Looking for an adapter makes the drivers write to the terminal, so it is not done in vain.
  if (!isNamed && !(await mayHaveAdapter()))
    throw new Error(`no graphics processor (none of ${linuxDevices.join(', ')})`);
  const { create, globals } = (await importModule('webgpu')) as Dawn;
  kept ??= create([]);
  const adapter = await kept.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('no graphics adapter (it takes a driver for Vulkan, Metal or Direct3D 12)');
  const { isFallbackAdapter, description, device, vendor } = adapter.info;
  const name = description || device || vendor;
  if (isFallbackAdapter && !isNamed) {
    throw new BackendRefused(`'${name}' is a software adapter, slower than wasm; it is taken when asked for by name`);
  }
  placeGlobals(kept, globals);
  const tf = await importTensorflow(importModule);
  await importModule('@tensorflow/tfjs-backend-webgpu');
  await select(tf, 'webgpu');
  registerMaskKernel(tf, 'webgpu');
  const speed = isFallbackAdapter ? ', a SOFTWARE adapter: for tests, slower than wasm' : '';
  const detail = `${name}${speed}, TensorFlow.js ${tf.version_core}`;
  return { tf, registeredName: 'webgpu', detail, weightsOn: 'device', ourKernels: [MASK_KERNEL_NAME] };
}

/**
 * Tells whether a graphics adapter is worth looking for. Elsewhere than on Linux the system brings its own driver; a
 * driver that is named by hand is tried, too.
 */
async function mayHaveAdapter(): Promise<boolean> {
  if (process.platform !== 'linux' || process.env['VK_DRIVER_FILES'] || process.env['VK_ICD_FILENAMES']) return true;
  const found = await Promise.allSettled(linuxDevices.map((device) => access(device)));
  return found.some(({ status }) => status === 'fulfilled');
}

function placeGlobals(gpu: Gpu, globals: Dawn['globals']): void {
  Object.assign(globalThis, globals);
  // Node has a navigator from version 21 on.
  const scope = globalThis as { navigator?: object };
  if (scope.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(scope.navigator, 'gpu', { value: gpu, configurable: true });
}
