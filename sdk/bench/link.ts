/**
 * How much of the line a circuit being written takes up, with the committed firmware in the emulators: payload bytes per
 * second of the board's time, against what the line carries (8N1: ten bits a byte).
 *
 *     npm run bench:link -- [--json FILE] [--board ID]
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { startAvrBoard, startRp2040, type EmulatedBoard } from '@adiabit/simulator/boards';
import { DeviceSession, type Transport } from '@adiabit/sdk/device';
import { Random } from '../src/random.js';
import { report, type Row } from './rows.js';

const BITS_PER_BYTE = 10;
/** The host hears of a byte, and answers, at the end of a slice of this length: a frame of USB at full speed. */
const HOST_LATENCY_MS = 1;

const imageOf = (file: string): Uint8Array =>
  readFileSync(createRequire(import.meta.url).resolve(`@adiabit/firmware-templates/images/${file}`));

const slice = (clockHz: number): number => (clockHz * HOST_LATENCY_MS) / 1000;
const rp2040 = (baudRate: number): EmulatedBoard =>
  startRp2040({ image: imageOf('adiabit-rp2040.bin'), baudRate, sliceCycles: slice(125_000_000) });
const arduino = (board: 'uno' | 'mega') => (): EmulatedBoard =>
  startAvrBoard({ board, image: imageOf(`adiabit-${board}.hex`), sliceCycles: slice(16_000_000) });

const CASES = [
  { board: 'rp2040', baudRate: 921_600, payloadBytes: 48 * 1024, start: rp2040 },
  { board: 'rp2040', baudRate: 115_200, payloadBytes: 16 * 1024, start: rp2040 },
  { board: 'uno', baudRate: 115_200, payloadBytes: 12 * 1024, start: arduino('uno') },
  { board: 'mega', baudRate: 115_200, payloadBytes: 12 * 1024, start: arduino('mega') },
] as const;

/** The board's own line, without a serial port between. */
const directly = (board: EmulatedBoard): Transport => ({
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
});

interface Figures {
  readonly bytesPerSecond: number;
  /** Payload bytes per byte sent: what frames leave of the line, however fast the board. */
  readonly ceiling: number;
  readonly resends: number;
}

/** Erases a slot and writes random bytes into it: what they mean is asked only afterwards. */
async function stream(board: EmulatedBoard, payloadBytes: number): Promise<Figures> {
  const random = Random.fromSeed(payloadBytes);
  const payload = Uint8Array.from({ length: payloadBytes }, () => random.below(256));
  const session = await DeviceSession.open(directly(board));
  try {
    await session.begin(0, payload.length, new Uint8Array(32));
    const before = session.statistics;
    const startCycles = board.cycles;
    await session.write(payload);
    const seconds = (board.cycles - startCycles) / board.clockHz;
    const after = session.statistics;
    return {
      bytesPerSecond: payload.length / seconds,
      ceiling: payload.length / (after.bytesSent - before.bytesSent),
      resends: after.resends - before.resends,
    };
  } finally {
    await session.close();
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const { values } = parseArgs({ options: { json: { type: 'string' }, board: { type: 'string' } } });
console.log(
  `The line is modelled: the emulator gives every byte ten bit times of the board's clock in each direction, whatever divider\n` +
    `the firmware sets, and the host hears of a reply within ${HOST_LATENCY_MS} ms. Time in which neither core nor line has anything to do\n` +
    `does not pass. Boards in QEMU are not measured: it has no notion of a line rate.`,
);
const rows: Row[] = [];
for (const { board: id, baudRate, payloadBytes, start } of CASES) {
  if (values.board !== undefined && values.board !== id) continue;
  const { bytesPerSecond, ceiling, resends } = await stream(start(baudRate), payloadBytes);
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
report(rows, { json: values.json, quick: false });
