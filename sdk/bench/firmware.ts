/**
 * What an inference costs on every board, in the emulators: cycles, or instructions where the emulator counts those.
 * For comparison the plain loop over words (`adiabit_kernel_popcount`) and an int8 network of the same shape in plain C
 * (`int8/`, its outputs checked) are built into the same firmware.
 *
 *     npm run bench:firmware -- [--json FILE] [--board ID]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { bitstreamOf, encodeBitstream, layout, packInput } from '@adiabit/simulator/bitstream';
import { networkOfCounts, type CountingShape } from '@adiabit/simulator/network';
import { startBoard } from '@adiabit/simulator/boards';
import { flash, openDevice, VirtualPorts, type DeviceSession } from '@adiabit/sdk/device';
import {
  FIRMWARE_FOLDER,
  emulatedSlotBytes,
  imageName,
  imagesFolder,
  machineOf,
  readyBoards,
  type Board,
} from '../src/boards/index.js';
import { Random } from '../src/random.js';
import { runTool } from './child.js';
import { boardFlags } from './flags.js';
import { int8Pictures } from './int8/pictures.js';
import { PICTURE_MACS, pictureCircuit } from './picture-network.js';
import { printRows, writeRows, type Row } from './rows.js';

const INT8_NETWORK = fileURLToPath(new URL('int8/int8_network.c', import.meta.url));
const INT8_PICTURES = fileURLToPath(new URL('int8/int8_pictures.c', import.meta.url));
const INFERENCES = 3;
/** What flash says of a circuit that a board cannot hold. */
const TOO_LARGE = new Set(['flash.too-large']);

const NANOSECONDS = 1e9;
/** 784 inputs of 8 bits and their activations. */
const BYTES_OF_PIXELS = 2000;
/** A bitstream of 784-128-10. */
const BYTES_OF_DIGITS = 14_000;

/** What a count of the board's counter is, and how much of it. QEMU lets the same time pass for every instruction. */
function countsOf({ emulator, counterHz }: Board): { readonly unit: string; readonly perCount: number } {
  if (emulator?.kind !== 'qemu') return { unit: 'cycles', perCount: 1 };
  const nanoseconds = NANOSECONDS / (emulator.counterHz ?? counterHz);
  return { unit: 'instructions', perCount: nanoseconds / 2 ** emulator.instructionShift };
}

/**
 * Published cycles per MAC on a Cortex-M7, by the bits of an input: a binary and an int8 engine (F. Sakr et al., "CBin-NN: An
 * Inference Engine for Binarized Neural Networks", Electronics 13, 2024, DOI 10.3390/electronics13091624). Another core, so
 * the ratio is a bearing, and only where cycles are counted.
 */
const PUBLISHED = {
  1: { name: 'CBin-NN on Cortex-M7 (cited)', cyclesPerMac: 1.9 },
  8: { name: 'CMSIS-NN int8 on Cortex-M7 (cited)', cyclesPerMac: 2.4 },
} as const;

type Widths = readonly [inputs: number, hidden: number, outputs: number];

interface Network {
  readonly widths: Widths;
  readonly inputBits: 1 | 8;
}

const DIGITS: Widths = [784, 128, 10];
const of = (inputBits: 1 | 8, widths: Widths = DIGITS): Network => ({ inputBits, widths });
/** 8-bit pictures of digits need more RAM than some boards have, and digits more flash than some emulators give: there smaller networks. */
function networksOf(board: Board): readonly Network[] {
  if (emulatedSlotBytes(board) < BYTES_OF_DIGITS) return [of(8, [96, 40, 10]), of(1, [96, 40, 10])];
  return [of(8, board.workBytes < BYTES_OF_PIXELS ? [128, 64, 10] : DIGITS), of(1)];
}

const macsOf = ([inputs, hidden, outputs]: Widths): number => inputs * hidden + hidden * outputs;

/** What a board runs, and what it should answer where that is known. */
interface Work {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly expected?: readonly ArrayLike<number>[];
}

function circuitOf({ widths, inputBits }: Network): Work & { readonly weightBytes: Int8Array } {
  const random = Random.fromSeed(7);
  const shapes = [0, 1].map((index): CountingShape => ({
    activation: index === 1 ? 'integer' : 'threshold',
    inputs: widths[index],
    outputs: widths[index + 1],
    inputBits: index === 0 ? inputBits : 1,
    shift: 0,
  }));
  const layers = shapes.map((layer) => ({
    ...layer,
    weights: bitMatrixFrom(layer.outputs, layer.inputs, () => random.below(2) === 1),
    thresholds: Uint32Array.from({ length: layer.activation === 'threshold' ? layer.outputs : 0 }, () =>
      Math.round((layer.inputs * (2 ** layer.inputBits - 1)) / 2),
    ),
    offsets: new Int32Array(layer.activation === 'integer' ? layer.outputs : 0),
  }));
  const description = { name: 'bench', modelDigest: '00', compiler: 'bench' };
  const inputs = Array.from({ length: INFERENCES }, () =>
    packInput(
      Uint8Array.from({ length: widths[0] }, () => random.below(2 ** inputBits)),
      widths[0],
      inputBits,
    ),
  );
  return {
    bytes: encodeBitstream(bitstreamOf(networkOfCounts(layers), description)),
    weightBytes: new Int8Array(layers[0].weights.words.buffer),
    inputs,
  };
}

/** Builds the image with more flags. */
function imageWith(board: Board, extra: string, folder: string): Uint8Array {
  const build = mkdtempSync(join(folder, board.id));
  runTool('make', [board.id, `BUILD=${build}`, `EXTRA=${extra}`], FIRMWARE_FOLDER);
  return readFileSync(join(build, `${board.id}${extname(imageName(board))}`));
}

const committedImage = (board: Board): Uint8Array => readFileSync(join(imagesFolder(board), imageName(board)));

async function withBoard<T>(board: Board, image: Uint8Array, work: (session: DeviceSession) => Promise<T>): Promise<T> {
  const path = `virtual:${board.id}`;
  const started = board.emulator?.kind === 'rp2040js' ? finished(board, image) : image;
  const start = () => startBoard(machineOf(board), { image: started });
  const session = await openDevice(path, {
    virtualPorts: new VirtualPorts([{ path, boardId: board.id, name: board.name, start }]),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** How many rows of its weights the int8 network takes from the stored circuit's first layer, again and again. */
const int8Rows = ([inputs, hidden]: Widths): number =>
  Math.min(8, Math.floor((hidden * 4 * Math.ceil(inputs / 32)) / inputs));

/** The flags that build the int8 network in. */
const int8Flags = (widths: Widths): string => {
  const [inputs, hidden, outputs] = widths;
  const sizes = `-DINPUTS=${inputs}u -DHIDDEN=${hidden}u -DOUTPUTS=${outputs}u -DWRAP=${int8Rows(widths)}u`;
  const replaced = ['runner_run', 'runner_self_test', 'device_handle_read', 'device_handle_values'];
  const wraps = replaced.map((name) => `-Wl,--wrap=adiabit_${name}`).join(' ');
  return `${wraps} ${sizes} ${INT8_NETWORK}`;
};

/** What the int8 network computes, with the bytes of the stored circuit's weights for its own. */
function int8Outputs(widths: Widths, weights: Int8Array, input: Uint8Array): Int32Array {
  const [inputs, hidden, outputs] = widths;
  const rows = int8Rows(widths);
  const weigh = (values: Int8Array, row: number): number =>
    values.reduce((sum, value, index) => sum + value * weights[row * values.length + index], 0);
  const pixels = new Int8Array(input.buffer, input.byteOffset, inputs);
  const activations = Int8Array.from({ length: hidden }, (_, row) =>
    Math.min(127, Math.max(0, Math.trunc(weigh(pixels, row % rows) / 4096))),
  );
  return Int32Array.from({ length: outputs }, (_, row) => weigh(activations, row));
}

/** The committed image with this program behind its boot block, whose checksum stays right. */
function finished(board: Board, program: Uint8Array): Uint8Array {
  const image = program.slice();
  image.set(committedImage(board).subarray(0, 256));
  return image;
}

/** Counts of one inference; undefined when the circuit does not fit the board. */
async function measure(
  board: Board,
  image: Uint8Array,
  { bytes, inputs, expected }: Work,
): Promise<number | undefined> {
  return withBoard(board, image, async (session) => {
    try {
      await flash(session, bytes);
    } catch (error) {
      if (TOO_LARGE.has((error as { code?: string }).code ?? '')) return undefined;
      throw error;
    }
    const results = await session.inferMany(inputs);
    const wrong = results.findIndex(
      ({ outputs }, index) => expected !== undefined && outputs.join() !== Array.from(expected[index]).join(),
    );
    if (wrong >= 0) throw new Error(`Inference ${wrong} on ${board.id} computes something else than it should.`);
    const counts = results.reduce((sum, { counter }) => sum + counter, 0) / results.length;
    return counts * countsOf(board).perCount;
  });
}

/** The same work as the int8 network does it. */
function int8Work(network: Network): Work {
  const { bytes, inputs, weightBytes } = circuitOf(network);
  return { bytes, inputs, expected: inputs.map((input) => int8Outputs(network.widths, weightBytes, input)) };
}

const against = (name: string, ratio: number): Pick<Row, 'against' | 'ratio'> => ({
  against: name,
  ratio: name === '' ? null : ratio,
});

/** The committed image, and beside it the plain loop over words; nothing where the circuit does not fit. */
async function besideLoop(board: Board, id: string, work: Work, plain: Uint8Array | undefined): Promise<Row[]> {
  const { unit } = countsOf(board);
  const value = await measure(board, committedImage(board), work);
  if (value === undefined) {
    console.log(`${id}: does not fit`);
    return [];
  }
  const loop = plain && (await measure(board, plain, work));
  if (loop === undefined) return [{ id, value, unit, ...against('', 0) }];
  return [
    { id, value, unit, ...against(`${id}.popcount-loop`, loop / value) },
    { id: `${id}.popcount-loop`, value: loop, unit, ...against('', 0) },
  ];
}

async function benchNetwork(
  board: Board,
  network: Network,
  plain: Uint8Array | undefined,
  folder: string,
): Promise<Row[]> {
  const { unit } = countsOf(board);
  const { widths, inputBits } = network;
  const id = `firmware.${board.id}.${widths.join('-')}.${inputBits}-bit`;
  const rows = await besideLoop(board, id, circuitOf(network), plain);
  if (rows.length === 0) return [];
  const [{ value }] = rows;
  if (inputBits === 8) {
    const int8 = await measure(board, imageWith(board, int8Flags(widths), folder), int8Work(network));
    if (int8 !== undefined) {
      rows.push({ id: `${id}.beside-int8`, value, unit, ...against('int8 network in plain C', int8 / value) });
      rows.push({ id: `${id}.int8`, value: int8, unit, ...against('', 0) });
    }
  }
  const { name, cyclesPerMac } = PUBLISHED[inputBits];
  const perMac = value / macsOf(widths);
  const compared = unit === 'cycles' ? against(name, cyclesPerMac / perMac) : against('', 0);
  return [...rows, { id: `${id}.per-mac`, value: perMac, unit: `${unit} per MAC`, ...compared }];
}

/** A network of pictures, most of its products binary. */
async function benchPictures(board: Board, plain: Uint8Array | undefined, folder: string): Promise<Row[]> {
  const { unit } = countsOf(board);
  const id = `firmware.${board.id}.pictures-16x16.8-bit`;
  const work = pictureCircuit(INFERENCES);
  const rows = await besideLoop(board, id, work, plain);
  if (rows.length === 0) return [];
  const [{ value }] = rows;
  // From the payload of the program on, which firmware knows the place of.
  const weights = new Int8Array(work.bytes).subarray(layout.HEADER.size + layout.FRAME.size);
  const expected = work.inputs.map((picture) => int8Pictures(weights, picture));
  const image = imageWith(board, `-Wl,--wrap=adiabit_runner_run ${INT8_PICTURES}`, folder);
  const int8 = await measure(board, image, { ...work, expected });
  if (int8 !== undefined) {
    rows.push({ id: `${id}.beside-int8`, value, unit, ...against('int8 network in plain C', int8 / value) });
    rows.push({ id: `${id}.int8`, value: int8, unit, ...against('', 0) });
  }
  return [...rows, { id: `${id}.per-mac`, value: value / PICTURE_MACS, unit: `${unit} per MAC`, ...against('', 0) }];
}

/** The rows of one network after the other. */
async function* benchBoard(board: Board, folder: string): AsyncGenerator<readonly Row[]> {
  const plain =
    board.layerKinds === 'counting' ? undefined : imageWith(board, '-DBOARD_KERNEL=adiabit_kernel_popcount', folder);
  for (const network of networksOf(board)) yield await benchNetwork(board, network, plain, folder);
  if (board.layerKinds !== 'counting') yield await benchPictures(board, plain, folder);
}

/** The published figures, as rows of their own. */
const citedRows = (): Row[] =>
  ([1, 8] as const).map((bits) => ({
    id: `firmware.cited.${bits}-bit`,
    value: PUBLISHED[bits].cyclesPerMac,
    unit: `cycles per MAC, ${PUBLISHED[bits].name}`,
    ...against('', 0),
  }));

const boards = readyBoards().filter(({ emulator }) => emulator !== undefined);
const flags = boardFlags(
  'npm run bench:firmware -- [--json FILE] [--board ID]',
  boards.map(({ id }) => id),
);
const folder = mkdtempSync(join(tmpdir(), 'adiabit-bench-'));
const rows: Row[] = [];
const add = (more: readonly Row[]): void => {
  rows.push(...more);
  printRows(more);
};
try {
  for (const board of boards.filter(({ id }) => flags.boards.includes(id)))
    for await (const more of benchBoard(board, folder)) add(more);
  add(citedRows());
  writeRows(rows, flags);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
