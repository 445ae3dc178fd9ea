/**
 * How much of the line a circuit being written takes up, with the committed firmware in the emulators: payload bytes per
 * second, against what the line carries (8N1: ten bits a byte). In the board's own time where the emulator models the
 * line; boards in QEMU, which does not, get a line in this computer's time, so run them on a quiet machine.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  startAvrBoard,
  startQemuBoard,
  startRp2040,
  type EmulatedBoard,
  type QemuBoardId,
} from '@adiabit/simulator/boards';
import { DeviceSession, openPort, type Transport } from '@adiabit/sdk/device';
import { Random } from '../src/random.js';
import { boardFlags } from './flags.js';
import { atLineRate } from './line-rate.js';
import { writeRows, type Row } from './rows.js';

const BITS_PER_BYTE = 10;
/** The host hears of a byte, and answers, at the end of a slice of this length: a frame of USB at full speed. */
const HOST_LATENCY_MS = 1;

const imageOf = (file: string): Uint8Array =>
  readFileSync(createRequire(import.meta.url).resolve(`@adiabit/firmware-templates/images/${file}`));

const slice = (clockHz: number): number => (clockHz * HOST_LATENCY_MS) / 1000;

/** A board at the end of its line, and a clock that says how long things take there. */
interface Bench {
  readonly transport: Transport;
  readonly seconds: () => number;
  readonly stop: () => Promise<void>;
}

/** The emulator's own line, without a serial port between, in the board's time. */
function directly(board: EmulatedBoard): Bench {
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

const rp2040 = (baudRate: number): Promise<Bench> =>
  Promise.resolve(
    directly(startRp2040({ image: imageOf('adiabit-rp2040.bin'), baudRate, sliceCycles: slice(125_000_000) })),
  );
const arduino = (board: 'uno' | 'mega') => (): Promise<Bench> =>
  Promise.resolve(
    directly(startAvrBoard({ board, image: imageOf(`adiabit-${board}.hex`), sliceCycles: slice(16_000_000) })),
  );
/** QEMU's UART takes some 40,000 bytes a second: faster lines run in slow motion, latency and clock included. */
const qemu =
  (board: QemuBoardId) =>
  async (baudRate: number): Promise<Bench> => {
    const slowness = baudRate / 115_200;
    const machine = await startQemuBoard({ board, image: imageOf(`adiabit-${board}.bin`) });
    return {
      transport: atLineRate(await openPort(machine.path), baudRate / slowness, HOST_LATENCY_MS * slowness),
      seconds: () => performance.now() / 1000 / slowness,
      stop: () => machine.close(),
    };
  };

const CASES = [
  { board: 'rp2040', baudRate: 921_600, payloadBytes: 48 * 1024, start: rp2040 },
  { board: 'rp2040', baudRate: 115_200, payloadBytes: 16 * 1024, start: rp2040 },
  { board: 'uno', baudRate: 115_200, payloadBytes: 12 * 1024, start: arduino('uno') },
  { board: 'mega', baudRate: 115_200, payloadBytes: 24 * 1024, start: arduino('mega') },
  { board: 'microbit', baudRate: 921_600, payloadBytes: 90 * 1024, start: qemu('microbit') },
  { board: 'microbit', baudRate: 115_200, payloadBytes: 24 * 1024, start: qemu('microbit') },
  { board: 'stm32f405', baudRate: 921_600, payloadBytes: 28 * 1024, start: qemu('stm32f405') },
  { board: 'stm32f405', baudRate: 115_200, payloadBytes: 28 * 1024, start: qemu('stm32f405') },
  // All that its slots in RAM hold.
  { board: 'hifive1', baudRate: 115_200, payloadBytes: 2560, start: qemu('hifive1') },
] as const;

interface Figures {
  readonly bytesPerSecond: number;
  /** Payload bytes per byte sent: what frames leave of the line, however fast the board. */
  readonly ceiling: number;
  readonly resends: number;
}

/** Erases a slot and writes random bytes into it: what they mean is asked only afterwards. */
async function stream({ transport, seconds, stop }: Bench, payloadBytes: number): Promise<Figures> {
  const random = Random.fromSeed(payloadBytes);
  const payload = Uint8Array.from({ length: payloadBytes }, () => random.below(256));
  const session = await DeviceSession.open(transport);
  try {
    await session.begin(0, payload.length, new Uint8Array(32));
    const before = session.statistics;
    const start = seconds();
    await session.write(payload);
    const taken = seconds() - start;
    const after = session.statistics;
    return {
      bytesPerSecond: payload.length / taken,
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
const flags = boardFlags(USAGE, [...new Set(CASES.map(({ board }) => board))]);
console.log(
  `The line is modelled: every byte takes ten bit times in each direction, whatever divider the firmware sets, and the host\n` +
    `hears of a reply within ${HOST_LATENCY_MS} ms. Pico, Uno and Mega: in the board's time. micro:bit and STM32F405: QEMU has no line rate, so\n` +
    `the line is in this computer's time (above 115,200 in slow motion), and neither core nor flash costs any.`,
);
const rows: Row[] = [];
for (const { board: id, baudRate, payloadBytes, start } of CASES) {
  if (!flags.boards.includes(id)) continue;
  const { bytesPerSecond, ceiling, resends } = await stream(await start(baudRate), payloadBytes);
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
