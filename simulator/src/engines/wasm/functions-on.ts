/** Exported functions by name. */
type Functions = Readonly<Record<string, (first: number, second: number) => void>>;

const PAGE_BYTES = 65_536;

/** Allocates at least `bytes` bytes of memory, all zeros, that never move. */
export function fixedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

/** Instantiates a compiled module on a memory and gives its functions. */
export const functionsOn = (memory: WebAssembly.Memory, module: WebAssembly.Module): Functions =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as Functions;
