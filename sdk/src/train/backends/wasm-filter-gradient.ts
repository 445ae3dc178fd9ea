/**
 * The gradient of a convolution by its filter for the wasm backend (TensorFlow.js 4.22), which has none. Layout NHWC,
 * no dilation. With y[p, o] = sum over f, c of x[p * stride + f - pad, c] * w[f, c, o]:
 *
 *     dw[f, c, o] = sum over p of x[p * stride + f - pad, c] * dy[p, o]
 *
 * One row of a filter covers filterWidth * inChannels consecutive numbers of a padded image, here called a run, so dw
 * is a sum of outer products: of a run, which steps on by stride * inChannels from position to position, with dy. A
 * kernel made for the shape adds them up in tiles of 4 numbers of the run by 8 channels of dy, whose sums stay in
 * registers (more would not fit 16 of them). It reads the images as they are: no columns are laid out ("im2col"),
 * nothing is transposed.
 */
import { instantiateFunctions, wasm, type Code, type WasmFunction } from '@adiabit/simulator/wasm';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, geometryOf, type Shape4D } from './convolution-geometry.js';
import type { Tensorflow } from './tensorflow.js';
import type { WasmHeap } from './wasm-heap.js';

/** Adds the gradient of one image to the sums. */
interface FilterGradient {
  clear(): void;
  add(image: Float32Array, dy: Float32Array): void;
  /** Writes [filterHeight, filterWidth, inChannels, outChannels]. */
  read(result: Float32Array): void;
}

export function filterGradient(tf: Tensorflow): KernelFunc {
  const made = new Map<string, FilterGradient>();
  return ({ inputs, backend, attrs }) => {
    const heap = backend as WasmHeap;
    const x = inputs['x'] as TensorInfo;
    const filterShape = attrs?.['filterShape'] as Shape4D;
    const geometry = columnAsRow(geometryOf(tf, x.shape, filterShape, attrs?.['strides'], attrs?.['pad']));
    const key = Object.values(geometry).join();
    const gradient = made.get(key) ?? createFilterGradient(geometry);
    made.set(key, gradient);
    const result = heap.makeOutput(filterShape, 'float32');
    // Views are taken after the allocation: growing the heap detaches older ones.
    const images = heap.typedArrayFromHeap(x);
    const gradients = heap.typedArrayFromHeap(inputs['dy'] as TensorInfo);
    const imageSize = geometry.inHeight * geometry.inWidth * geometry.inChannels;
    const outputSize = geometry.outHeight * geometry.outWidth * geometry.outChannels;
    gradient.clear();
    for (let image = 0; image < x.shape[0]; image++) {
      gradient.add(
        images.subarray(image * imageSize, (image + 1) * imageSize),
        gradients.subarray(image * outputSize, (image + 1) * outputSize),
      );
    }
    gradient.read(heap.typedArrayFromHeap(result));
    return result;
  };
}

/**
 * Turns a column of pixels under a filter of width 1 into a row. Both are the same numbers, but a row whose runs are
 * long.
 */
function columnAsRow(geometry: Geometry): Geometry {
  const { inWidth, filterWidth, outWidth, left } = geometry;
  if (inWidth !== 1 || filterWidth !== 1 || outWidth !== 1 || left !== 0) return geometry;
  return {
    inHeight: 1,
    inWidth: geometry.inHeight,
    inChannels: geometry.inChannels,
    outHeight: 1,
    outWidth: geometry.outHeight,
    outChannels: geometry.outChannels,
    filterHeight: 1,
    filterWidth: geometry.filterHeight,
    strideHeight: 1,
    strideWidth: geometry.strideHeight,
    top: 0,
    left: geometry.top,
  };
}

const FLOAT = 4;
const VECTOR = 16;
/** Numbers of a run in a tile. */
const TILE_RUN = 4;
/** Positions worked through before the next tile: their part of dy stays in the first cache. */
const POSITIONS_AT_ONCE = 256;

/** Bytes of the table's entries: first row, end of the rows, dy, sums, bytes of a row. */
const ENTRY = { row: 0, end: 4, dy: 8, sums: 12, rowBytes: 16, size: 20 } as const;

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

function createFilterGradient(geometry: Geometry): FilterGradient {
  const { inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = geometry;
  const run = filterWidth * inChannels;
  const channels = roundUp(outChannels, 4);
  const vectors = channels % 8 === 0 ? 2 : 1;
  const runTiles = Math.ceil(run / TILE_RUN);
  const channelTiles = channels / (4 * vectors);
  const tileSize = TILE_RUN * 4 * vectors;
  const paddedWidth = (outWidth - 1) * geometry.strideWidth + filterWidth;
  const paddedHeight = (outHeight - 1) * geometry.strideHeight + filterHeight;
  const lineSize = paddedWidth * inChannels;
  const step = geometry.strideWidth * inChannels * FLOAT;
  const rowStep = geometry.strideHeight * lineSize * FLOAT;

  // The last tile of the last run reads past the image: what it sums there is not read.
  const imageBytes = roundUp((paddedHeight * lineSize + TILE_RUN) * FLOAT, VECTOR);
  const dyStart = imageBytes;
  const sumsStart = dyStart + outHeight * outWidth * channels * FLOAT;
  const sumsSize = filterHeight * runTiles * channelTiles * tileSize;
  const tableStart = sumsStart + sumsSize * FLOAT;
  const blocks = blocksOf(outHeight, outWidth);
  const entries = blocks.flatMap(({ y, x, rows, positions }) => {
    const list: number[] = [];
    for (let channelTile = 0; channelTile < channelTiles; channelTile++) {
      const dy = dyStart + ((y * outWidth + x) * channels + channelTile * 4 * vectors) * FLOAT;
      for (let filterY = 0; filterY < filterHeight; filterY++) {
        for (let runTile = 0; runTile < runTiles; runTile++) {
          const row = y * rowStep + x * step + (filterY * lineSize + runTile * TILE_RUN) * FLOAT;
          const tile = (channelTile * filterHeight + filterY) * runTiles + runTile;
          list.push(row, row + rows * rowStep, dy, sumsStart + tile * tileSize * FLOAT, positions * step);
        }
      }
    }
    return list;
  });
  const tableEnd = tableStart + entries.length * FLOAT;
  const kernel = outerProducts({ vectors, step, rowStep, dyStep: channels * FLOAT });
  const { memory, functions } = instantiateFunctions([kernel], tableEnd);
  new Int32Array(memory, tableStart, entries.length).set(entries);
  const imageIn = new Float32Array(memory, 0, imageBytes / FLOAT);
  const dyIn = new Float32Array(memory, dyStart, outHeight * outWidth * channels);
  const sums = new Float32Array(memory, sumsStart, sumsSize);
  return {
    clear: () => sums.fill(0),
    add: (image, dy) => {
      copyPadded(geometry, image, imageIn, paddedHeight, paddedWidth);
      copyRows(dy, outChannels, dyIn, channels);
      functions['outerProducts'](tableStart, tableEnd);
    },
    read: (result) => {
      for (let filterY = 0, index = 0; filterY < filterHeight; filterY++) {
        for (let place = 0; place < run; place++) {
          for (let channel = 0; channel < outChannels; channel++, index++) {
            const channelTile = Math.floor(channel / (4 * vectors));
            const tile = (channelTile * filterHeight + filterY) * runTiles + Math.floor(place / TILE_RUN);
            const inTile = (place % TILE_RUN) * 4 * vectors + (channel % (4 * vectors));
            result[index] = sums[tile * tileSize + inTile];
          }
        }
      }
    },
  };
}

interface Block {
  readonly y: number;
  readonly x: number;
  readonly rows: number;
  readonly positions: number;
}

/** Returns the output positions in blocks of whole rows, or of parts of a row when rows are long. */
function blocksOf(height: number, width: number): Block[] {
  const rowsAtOnce = Math.max(1, Math.floor(POSITIONS_AT_ONCE / width));
  const positionsAtOnce = width < 2 * POSITIONS_AT_ONCE ? width : POSITIONS_AT_ONCE;
  const blocks: Block[] = [];
  for (let y = 0; y < height; y += rowsAtOnce) {
    for (let x = 0; x < width; x += positionsAtOnce) {
      const rows = Math.min(rowsAtOnce, height - y);
      blocks.push({ y, x, rows, positions: Math.min(positionsAtOnce, width - x) });
    }
  }
  return blocks;
}

/** Copies the image to where the filter sees it; the padding in `to` is 0 and stays so. */
function copyPadded(geometry: Geometry, from: Float32Array, to: Float32Array, height: number, width: number): void {
  const { inHeight, inWidth, inChannels, top, left } = geometry;
  const length = Math.min(inWidth, width - left) * inChannels;
  for (let y = 0; y < Math.min(inHeight, height - top); y++) {
    const source = y * inWidth * inChannels;
    to.set(from.subarray(source, source + length), ((y + top) * width + left) * inChannels);
  }
}

/** Copies rows of `size` numbers into rows of `room`. */
function copyRows(from: Float32Array, size: number, to: Float32Array, room: number): void {
  if (size === room) {
    to.set(from);
    return;
  }
  for (let source = 0, target = 0; source < from.length; source += size, target += room) {
    for (let index = 0; index < size; index++) to[target + index] = from[source + index];
  }
}

/** Distances in bytes. */
interface Steps {
  /** Vectors of dy in a tile. */
  readonly vectors: number;
  /** Numbers from a position to the next in its row. */
  readonly step: number;
  readonly rowStep: number;
  readonly dyStep: number;
}

/**
 * Writes the function outerProducts(table, end): for each entry of the table, it adds the outer products of its
 * positions to its tile.
 */
function outerProducts({ vectors, step, rowStep, dyStep }: Steps): WasmFunction {
  const [ENTRY_AT, TABLE_END, ROW, ROWS_END, AT, DY, SUMS, ROW_END] = [0, 1, 2, 3, 4, 5, 6, 7];
  const i32Locals = 6;
  const firstSum = 2 + i32Locals;
  const firstDy = firstSum + TILE_RUN * vectors;
  const value = firstDy + vectors;
  const tile = Array.from({ length: TILE_RUN * vectors }, (_, index) => index);
  const load = (field: number, local: number): Code[] => [
    ...[wasm.localGet(ENTRY_AT), wasm.i32Load(field), wasm.localSet(local)],
  ];
  const advanced = (local: number, bytes: number): Code[] => [
    ...[wasm.localGet(local), wasm.i32Const(bytes), wasm.i32Add, wasm.localTee(local)],
  ];
  const loadDy = Array.from({ length: vectors }, (_, vector): Code[] => [
    ...[wasm.localGet(DY), wasm.v128Load(vector * VECTOR), wasm.localSet(firstDy + vector)],
  ]).flat();
  const addProducts = Array.from({ length: TILE_RUN }, (_, place): Code[] => [
    ...[wasm.localGet(AT), wasm.v128Load32Splat(place * FLOAT), wasm.localSet(value)],
    ...Array.from({ length: vectors }, (_, vector): Code[] => {
      const sum = firstSum + place * vectors + vector;
      return [
        ...[wasm.localGet(value), wasm.localGet(firstDy + vector), wasm.f32x4Multiply],
        ...[wasm.localGet(sum), wasm.f32x4Add, wasm.localSet(sum)],
      ];
    }).flat(),
  ]).flat();
  const positions = wasm.loopWhile(
    ...loadDy,
    ...addProducts,
    ...[wasm.localGet(DY), wasm.i32Const(dyStep), wasm.i32Add, wasm.localSet(DY)],
    ...[...advanced(AT, step), wasm.localGet(ROW_END), wasm.i32LessUnsigned],
  );
  const rows = wasm.loopWhile(
    ...[wasm.localGet(ROW), wasm.localTee(AT)],
    ...[wasm.localGet(ENTRY_AT), wasm.i32Load(ENTRY.rowBytes), wasm.i32Add, wasm.localSet(ROW_END)],
    positions,
    ...[...advanced(ROW, rowStep), wasm.localGet(ROWS_END), wasm.i32LessUnsigned],
  );
  const body = wasm.loopWhile(
    ...[...load(ENTRY.row, ROW), ...load(ENTRY.end, ROWS_END), ...load(ENTRY.dy, DY), ...load(ENTRY.sums, SUMS)],
    ...tile.flatMap((sum) => [...[wasm.localGet(SUMS), wasm.v128Load(sum * VECTOR), wasm.localSet(firstSum + sum)]]),
    rows,
    ...tile.flatMap((sum) => [...[wasm.localGet(SUMS), wasm.localGet(firstSum + sum), wasm.v128Store(sum * VECTOR)]]),
    ...[...advanced(ENTRY_AT, ENTRY.size), wasm.localGet(TABLE_END), wasm.i32LessUnsigned],
  );
  return { name: 'outerProducts', i32Locals, v128Locals: TILE_RUN * vectors + vectors + 1, body: [body] };
}
