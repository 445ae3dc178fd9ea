import type { EmulatedBoard, InProcessBoard } from '@adiabit/simulator/boards';
import {
  flash,
  openAtKnownRate,
  VirtualPorts,
  virtualPortsOf,
  type FlashPhase,
  type FlashResult,
} from '../device/index.js';
import type { BoardPlace, OpenBoard } from './boards.js';
import type { Following } from './observer.js';

/** How fast a bitstream went over the line. An emulated board tells in its own time. */
export interface StreamingFigures {
  readonly isEmulated: boolean;
  readonly baudRate: number;
  readonly streamedBytes: number;
  readonly streamedBytesPerSecond: number;
  /** That rate divided by the line rate (baudRate / 10 bytes per second). */
  readonly lineRateShare: number;
}

export interface MeasuredBoard extends OpenBoard {
  /** Puts the bytes on the device, and takes the time. */
  flash(bytes: Uint8Array, following?: Following): Promise<FlashResult & StreamingFigures>;
}

/** Opens a device, an emulated one new from the factory, and watches its clock. @throws as `openAtKnownRate` does */
export async function openMeasuredBoard(
  { port, baudRate, boards }: BoardPlace,
  signal?: AbortSignal,
): Promise<MeasuredBoard> {
  const emulated = watchBoard(port, boards);
  const { session, baudRate: rate } = await openAtKnownRate(port, {
    virtualPorts: emulated.ports,
    ...(signal === undefined ? {} : { signal }),
    ...(baudRate === undefined ? {} : { baudRate }),
  });
  return {
    session,
    close: () => session.close(),
    flash: async (bytes, { observer, signal: stop } = {}) => {
      const phaseStart = new Map<FlashPhase, number>();
      const result = await flash(session, bytes, {
        ...(stop === undefined ? {} : { signal: stop }),
        onProgress: ({ phase, bytes: done, totalBytes: total }) => {
          if (!phaseStart.has(phase)) phaseStart.set(phase, emulated.seconds() ?? performance.now() / 1000);
          observer?.onProgress?.({ step: 'flash', done, total, phase });
        },
      });
      const writeSeconds = (phaseStart.get('verify') ?? 0) - (phaseStart.get('write') ?? 0);
      const streamedBytesPerSecond = bytes.length / writeSeconds;
      const lineRate = emulated.baudRate() ?? rate;
      return {
        ...result,
        isEmulated: emulated.baudRate() !== undefined,
        baudRate: lineRate,
        streamedBytes: bytes.length,
        streamedBytesPerSecond,
        lineRateShare: streamedBytesPerSecond / (lineRate / 10),
      };
    },
  };
}

/**
 * Returns the virtual ports, with a look at the clock of the board behind `port`: rates are told in the board's own
 * time.
 */
function watchBoard(port: string, boards: string | undefined) {
  let board: EmulatedBoard | undefined;
  const ports = new VirtualPorts(
    virtualPortsOf(boards)
      .list()
      .map((virtual) => ({
        ...virtual,
        start: async (flashBytes: Uint8Array | undefined, chipId?: Uint8Array) => {
          const started = await virtual.start(flashBytes, chipId);
          if (virtual.path === port) board = started;
          return started;
        },
      })),
  );
  return {
    ports,
    // QEMU has no clock of its own to ask.
    seconds: (): number | undefined => (board && 'cycles' in board ? secondsOf(board as InProcessBoard) : undefined),
    baudRate: (): number | undefined => board?.baudRate,
  };
}

const secondsOf = ({ cycles, clockHz }: InProcessBoard): number => cycles / clockHz;
