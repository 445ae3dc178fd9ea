/**
 * How much of the line a circuit being written takes up, with the committed firmware in the emulators: payload bytes per
 * second, against what the line carries (8N1: ten bits a byte). In the board's own time where the emulator models the
 * line; boards in QEMU, which does not, get a line in this computer's time, so run them on a quiet machine.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '@adiabit/simulator/bits';
import { layout } from '@adiabit/simulator/bitstream';
import { startInProcess, startQemuBoard, type InProcessBoard } from '@adiabit/simulator/boards';
import { DeviceSession, openPort, type Transport } from '@adiabit/sdk/device';
import { emulatedSlotBytes, imageName, imagesFolder, machineOf, readyBoards, type Board } from '../src/boards/index.js';
import { Random } from '../src/random.js';
import { boardFlags } from './flags.js';
import { atLineRate } from './line-rate.js';
import { writeRows, type Row } from './rows.js';

const BITS_PER_BYTE = 10;
/** The host hears of a byte, and answers, at the end of a slice of this length: a frame of USB at full speed. */
const HOST_LATENCY_MS = 1;

const imageOf = (board: Board): Uint8Array => readFileSync(join(imagesFolder(board), imageName(board)));

const slice = (clockHz: number): number => (clockHz * HOST_LATENCY_MS) / 1000;

/** A board at the end of its line, and a clock that says how long things take there. */
interface Bench {
  readonly transport: Transport;
  readonly seconds: () => number;
  readonly stop: () => Promise<void>;
}

/** The emulator's own line, without a serial port between, in the board's time. */
function directly(board: InProcessBoard): Bench {
  const transport: Transport = {
    description: board.id,
    bytesPerSecond: board.baudRate / BITS_PER_BYTE,
    patience: 20,
    write: (bytes) => {
      board.write(bytes);
      return Promise.resolve();
    },
    onData: (listener) => board.onData(listener),
    onClose: () => () => undefined,
    close: () => {
      board.close();
      return Promise.resolve();
    },
  };
  return { transport, seconds: () => board.cycles / board.clockHz, stop: () => Promise.resolve() };
}

/** The rate of most serial adapters, which every board has, and at which QEMU's UARTs run about as fast as this computer. */
const USUAL_RATE = 115_200;

/** QEMU's UART takes some 40,000 bytes a second: faster lines run in slow motion, latency and clock included. */
async function start(board: Board, baudRate: number): Promise<Bench> {
  const { emulator, ...machine } = machineOf(board);
  const image = imageOf(board);
  if (emulator.kind !== 'qemu')
    return directly(startInProcess({ ...machine, emulator, baudRate }, { image, sliceCycles: slice(machine.clockHz) }));
  const slowness = baudRate / USUAL_RATE;
  const qemu = await startQemuBoard({ ...machine, emulator }, { image });
  return {
    transport: atLineRate(await openPort(qemu.path), baudRate / slowness, HOST_LATENCY_MS * slowness),
    seconds: () => performance.now() / 1000 / slowness,
    stop: () => qemu.close(),
  };
}

interface Case {
  readonly board: Board;
  readonly baudRate: number;
  readonly payloadBytes: number;
}

const FAST_RATE = 921_600;
/** What is streamed at each rate, as far as a slot holds it. */
const PAYLOAD_BYTES: Readonly<Record<number, number>> = { [FAST_RATE]: 90 * 1024, [USUAL_RATE]: 24 * 1024 };
/** Fewer bytes say nothing of a fast line. */
const LEAST_FAST_BYTES = 8 * 1024;

const CASES = readyBoards()
  .filter(({ emulator }) => emulator !== undefined)
  .flatMap((board): readonly Case[] =>
    (board.wordBits === 32 ? [FAST_RATE, USUAL_RATE] : [USUAL_RATE])
      .map((baudRate) => ({
        board,
        baudRate,
        payloadBytes: Math.min(PAYLOAD_BYTES[baudRate], emulatedSlotBytes(board)),
      }))
      .filter(({ baudRate, payloadBytes }) => baudRate === USUAL_RATE || payloadBytes >= LEAST_FAST_BYTES),
  );

interface Figures {
  readonly bytesPerSecond: number;
  /** Payload bytes per byte sent: what frames leave of the line, however fast the board. */
  readonly ceiling: number;
  readonly resends: number;
}

/** Answers that are let go by before the time counts. */
const WARM_UP_ANSWERS = 4;

/** Random bytes behind the header of a bitstream, which is all that a device looks at while they are written. */
function payloadOf(payloadBytes: number): Uint8Array {
  const random = Random.fromSeed(payloadBytes);
  const payload = Uint8Array.from({ length: payloadBytes }, () => random.below(256));
  const header = new DataView(payload.buffer, 0, layout.HEADER.size);
  payload.fill(0, 0, layout.HEADER.size);
  header.setUint32(layout.HEADER.magic, layout.MAGIC, true);
  header.setUint8(layout.HEADER.versionMajor, layout.VERSION_MAJOR);
  header.setUint16(layout.HEADER.headerBytes, layout.HEADER.size, true);
  header.setUint32(layout.HEADER.totalBytes, payloadBytes, true);
  header.setUint32(layout.HEADER.crc32, crc32(payload.subarray(0, layout.HEADER.crc32)), true);
  return payload;
}

/**
 * Erases a slot and writes into it: what the bytes mean is asked only afterwards. A device with one slot erases it when the
 * first piece comes; there the rate is that between two later answers, with as much on its way at both.
 */
async function stream({ transport, seconds, stop }: Bench, payloadBytes: number): Promise<Figures> {
  const payload = payloadOf(payloadBytes);
  const session = await DeviceSession.open(transport);
  try {
    await session.begin(0, payload.length, new Uint8Array(32));
    const before = session.statistics;
    const answers = [{ stored: 0, at: seconds() }];
    await session.write(payload, (stored) => answers.push({ stored, at: seconds() }));
    const after = session.statistics;
    const [from, to] = session.device.slotCount === 1 ? [WARM_UP_ANSWERS, -2] : [0, -1];
    const [first, last] = [answers.at(from)!, answers.at(to)!];
    return {
      bytesPerSecond: (last.stored - first.stored) / (last.at - first.at),
      ceiling: payload.length / (after.bytesSent - before.bytesSent),
      resends: after.resends - before.resends,
    };
  } finally {
    await session.close();
    await stop();
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const USAGE = `How much of the line a circuit being written takes up, board by board.

    npm run bench:link -- [--json FILE] [--board ID]`;
const flags = boardFlags(USAGE, [...new Set(CASES.map(({ board }) => board.id))]);
console.log(
  `The line is modelled: every byte takes ten bit times in each direction, whatever divider the firmware sets, and the host\n` +
    `hears of a reply within ${HOST_LATENCY_MS} ms. Pico, Uno and Mega: in the board's time. micro:bit and STM32F405: QEMU has no line rate, so\n` +
    `the line is in this computer's time (above 115,200 in slow motion), and neither core nor flash costs any.`,
);
const rows: Row[] = [];
for (const { board, baudRate, payloadBytes } of CASES) {
  const { id } = board;
  if (!flags.boards.includes(id)) continue;
  const { bytesPerSecond, ceiling, resends } = await stream(await start(board, baudRate), payloadBytes);
  const share = (bytesPerSecond * BITS_PER_BYTE) / baudRate;
  rows.push({
    id: `link.${id}.${baudRate}`,
    value: bytesPerSecond,
    unit: 'payload bytes/s',
    against: 'what the line carries',
    ratio: share,
  });
  const parts = `frames leave ${percent(ceiling)} of it, the device and the window ${percent(share / ceiling)} of that`;
  console.log(`${id} at ${baudRate}: ${percent(share)} of the line (${parts}), ${resends} resends`);
}
writeRows(rows, flags);
