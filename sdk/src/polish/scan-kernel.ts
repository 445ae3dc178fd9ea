import { instantiateFunctions, wasm, type Code, type WasmFunction } from '@adiabit/simulator/wasm';
import { VECTOR_BYTES, padded, scanLayout, viewScanMemory, type Scan, type ScanMemory } from './scan.js';

/**
 * Writes the function scan(pixels, slack), which adds the effects of the images whose pixel exceeds their slack into four 32-bit lanes at
 * address 0. Sixteen images a round; most rounds find none and end after the comparison.
 */
function scanFunction(images: number, effects: number): WasmFunction {
  const [PIXELS, SLACK, EFFECTS, END] = [0, 1, 2, 3];
  const [MASK, SUM] = [4, 5];
  const advance = (pointer: number, bytes: number): Code[] => [
    wasm.localGet(pointer),
    wasm.i32Const(bytes),
    wasm.i32Add,
  ];
  const addHalf = (offset: number, extend: Code): Code[] => [
    ...[wasm.localGet(MASK), extend, wasm.localGet(EFFECTS), wasm.v128Load(offset), wasm.v128And],
    ...[wasm.i32x4AddPairsSigned, wasm.localGet(SUM), wasm.i32x4Add, wasm.localSet(SUM)],
  ];
  const loop = wasm.loopWhile(
    ...[wasm.localGet(PIXELS), wasm.v128Load(0), wasm.localGet(SLACK), wasm.v128Load(0)],
    ...[wasm.i8x16GreaterUnsigned, wasm.localTee(MASK), wasm.v128AnyTrue],
    wasm.when(...addHalf(0, wasm.i16x8ExtendLowSigned), ...addHalf(VECTOR_BYTES, wasm.i16x8ExtendHighSigned)),
    ...[...advance(SLACK, VECTOR_BYTES), wasm.localSet(SLACK)],
    ...[...advance(EFFECTS, 2 * VECTOR_BYTES), wasm.localSet(EFFECTS)],
    ...[...advance(PIXELS, VECTOR_BYTES), wasm.localTee(PIXELS)],
    ...[wasm.localGet(END), wasm.i32LessUnsigned],
  );
  const body: Code[] = [
    ...[wasm.i32Const(effects), wasm.localSet(EFFECTS)],
    ...[...advance(PIXELS, padded(images)), wasm.localSet(END)],
    loop,
    ...[wasm.i32Const(0), wasm.localGet(SUM), wasm.v128Store(0)],
  ];
  return { name: 'scan', i32Locals: 2, v128Locals: 2, body };
}

/** Makes a memory of zeros for `images` images, and the scan over it as a WebAssembly SIMD kernel. */
export function createScanKernel(images: number, inputs: number): { memory: ScanMemory; scan: Scan } {
  const stride = padded(images);
  const layout = scanLayout(images, inputs);
  const { memory, functions } = instantiateFunctions([scanFunction(images, layout.effects)], layout.bytes);
  const lanes = new Int32Array(memory, 0, 4);
  const scan: Scan = (input, direction) => {
    functions['scan'](layout.pixels + input * stride, layout.slack + (direction === 'rise' ? 0 : stride));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
  };
  return { memory: viewScanMemory(memory, images, inputs), scan };
}
