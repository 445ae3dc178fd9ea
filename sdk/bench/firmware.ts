/**
 * What an inference costs on every board, in the emulators: cycles, or instructions where the emulator counts those.
 * The plain loop over words (`adiabit_kernel_popcount`) is built into the same firmware for comparison.
 *
 *     npm run bench:firmware -- [--json FILE] [--board ID]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bitMatrixFrom, encodeBitstream, packInput, type Architecture } from '@adiabit/simulator';
import { startAvrBoard, startQemuBoard, startRp2040 } from '@adiabit/simulator/boards';
import { flash, openDevice, VirtualPorts, type DeviceSession } from '@adiabit/sdk/device';
import { Random } from '../src/random.js';
import { report, type Row } from './rows.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
const WIDTHS = [784, 128, 10] as const;
const MACS = WIDTHS[0] * WIDTHS[1] + WIDTHS[1] * WIDTHS[2];
const INFERENCES = 3;

/** Per board: how its image is made, and what a count of its counter is worth. */
const BOARDS = {
  rp2040: { unit: 'cycles', perCount: 1, image: 'bin' },
  uno: { unit: 'cycles', perCount: 1, image: 'hex' },
  mega: { unit: 'cycles', perCount: 1, image: 'hex' },
  // QEMU lets 64 ns, and 8 ns, pass for every instruction; the counters run at 1 and 168 MHz.
  microbit: { unit: 'instructions', perCount: 1000 / 64, image: 'bin' },
  stm32f405: { unit: 'instructions', perCount: 1000 / 168 / 8, image: 'bin' },
} as const;
type BoardId = keyof typeof BOARDS;

/**
 * Published cycles per MAC on a Cortex-M7, by the bits of an input: a binary and an int8 engine (F. Sakr et al., "CBin-NN: An
 * Inference Engine for Binarized Neural Networks", Electronics 13, 2024, DOI 10.3390/electronics13091624). Another core, so
 * the ratio is a bearing, and only where cycles are counted.
 */
const PUBLISHED = {
  1: { name: 'CBin-NN on Cortex-M7 (cited)', cyclesPerMac: 1.9 },
  8: { name: 'CMSIS-NN int8 on Cortex-M7 (cited)', cyclesPerMac: 2.4 },
} as const;

function circuitOf(inputBits: number): { bytes: Uint8Array; inputs: Uint8Array[] } {
  const random = Random.fromSeed(7);
  const layers: Architecture['layers'] = [0, 1].map((index) => ({
    kind: 'dense',
    activation: index === 1 ? 'integer' : 'threshold',
    inputs: WIDTHS[index],
    outputs: WIDTHS[index + 1],
    inputBits: index === 0 ? inputBits : 1,
    shift: 0,
  }));
  const configuration = layers.map((layer) => ({
    weights: bitMatrixFrom(layer.outputs, layer.inputs, () => random.below(2) === 1),
    thresholds: Uint32Array.from({ length: layer.activation === 'threshold' ? layer.outputs : 0 }, () =>
      Math.round((layer.inputs * (2 ** layer.inputBits - 1)) / 2),
    ),
    offsets: new Int32Array(layer.activation === 'integer' ? layer.outputs : 0),
  }));
  const description = { name: 'bench', modelDigest: '00', compiler: 'bench' };
  const inputs = Array.from({ length: INFERENCES }, () =>
    packInput(
      Uint8Array.from({ length: WIDTHS[0] }, () => random.below(2 ** inputBits)),
      WIDTHS[0],
      inputBits,
    ),
  );
  return {
    bytes: encodeBitstream({ architecture: { layers }, configuration, goldenVectors: [], description }),
    inputs,
  };
}

/** Builds the image with another kernel. */
function imageWith(board: BoardId, kernel: string, folder: string): Uint8Array {
  const build = join(folder, `${board}-${kernel}`);
  execFileSync('make', [board, `BUILD=${build}`, `EXTRA=-DBOARD_KERNEL=${kernel}`], { cwd: FIRMWARE, stdio: 'ignore' });
  return readFileSync(join(build, `${board}.${BOARDS[board].image}`));
}

async function withBoard<T>(
  board: BoardId,
  image: Uint8Array,
  work: (session: DeviceSession) => Promise<T>,
): Promise<T> {
  if (board === 'microbit' || board === 'stm32f405') {
    const qemu = await startQemuBoard({ board, image });
    const session = await openDevice(qemu.path);
    try {
      return await work(session);
    } finally {
      await session.close();
      await qemu.close();
    }
  }
  const path = `virtual:${board}`;
  const start = () =>
    Promise.resolve(board === 'rp2040' ? startRp2040({ image: finished(image) }) : startAvrBoard({ board, image }));
  const session = await openDevice(path, {
    virtualPorts: new VirtualPorts([{ path, boardId: board, name: board, start }]),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** The committed image with this program behind its boot block, whose checksum stays right. */
function finished(program: Uint8Array): Uint8Array {
  const image = program.slice();
  image.set(readFileSync(join(FIRMWARE, 'images', 'adiabit-rp2040.bin')).subarray(0, 256));
  return image;
}

/** Counts of one inference; undefined when the circuit does not fit the board. */
async function measure(board: BoardId, image: Uint8Array, inputBits: number): Promise<number | undefined> {
  const { bytes, inputs } = circuitOf(inputBits);
  return withBoard(board, image, async (session) => {
    try {
      await flash(session, bytes);
    } catch (error) {
      if ((error as { code?: string }).code === 'flash.too-large') return undefined;
      throw error;
    }
    const results = await session.inferMany(inputs);
    const counts = results.reduce((sum, { counter }) => sum + counter, 0) / results.length;
    return counts * BOARDS[board].perCount;
  });
}

const against = (name: string, ratio: number): Pick<Row, 'against' | 'ratio'> => ({
  against: name,
  ratio: name === '' ? null : ratio,
});

async function benchBoard(board: BoardId, folder: string): Promise<Row[]> {
  const { unit, image } = BOARDS[board];
  const own = readFileSync(join(FIRMWARE, 'images', `adiabit-${board}.${image}`));
  const plain = board === 'uno' ? undefined : imageWith(board, 'adiabit_kernel_popcount', folder);
  const rows: Row[] = [];
  for (const inputBits of [8, 1] as const) {
    const id = `firmware.${board}.784-128-10.${inputBits}-bit`;
    const value = await measure(board, own, inputBits);
    if (value === undefined) {
      console.log(`${id}: does not fit`);
      continue;
    }
    const loop = plain && (await measure(board, plain, inputBits));
    const popcount = `${id}.popcount-loop`;
    rows.push({ id, value, unit, ...against(loop === undefined ? '' : popcount, (loop ?? 0) / value) });
    if (loop !== undefined) rows.push({ id: popcount, value: loop, unit, ...against('', 0) });
    const { name, cyclesPerMac } = PUBLISHED[inputBits];
    const perMac = value / MACS;
    const isComparable = unit === 'cycles';
    rows.push({
      ...{ id: `${id}.per-mac`, value: perMac, unit: `${unit} per MAC` },
      ...against(isComparable ? name : '', cyclesPerMac / perMac),
    });
  }
  return rows;
}

const { values } = parseArgs({ options: { json: { type: 'string' }, board: { type: 'string' } } });
const folder = mkdtempSync(join(tmpdir(), 'adiabit-bench-'));
try {
  const boards = (Object.keys(BOARDS) as BoardId[]).filter((board) => (values.board ?? board) === board);
  const rows: Row[] = [];
  for (const board of boards) rows.push(...(await benchBoard(board, folder)));
  report(rows, { json: values.json, quick: false });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
