import { decodeBitstream, packInput } from '@adiabit/simulator/bitstream';
import type { EmulatedBoard } from '@adiabit/simulator/boards';
import { flash, openAtKnownRate, VirtualPorts, virtualPorts, type FlashPhase } from '../device/index.js';
import type { Summary, Witness } from '../report/summary.js';
import { compareOutputs } from './witness.js';

export interface BoardOptions {
  /** `virtual:rp2040`, or the path of a real board's port. */
  readonly port: string;
  /** Bits per second of a real port; the known rates are tried when absent. */
  readonly baudRate?: number;
  readonly bytes: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly labels: ArrayLike<number>;
  /** Outputs of another witness for the same inputs. */
  readonly expected: readonly Int32Array[];
  readonly onProgress: (label: string, done: number, total: number, note?: string) => void;
  readonly signal?: AbortSignal;
}

export interface BoardRun {
  readonly figures: Summary['device'];
  readonly witness: Witness;
}

/** Puts the bitstream on a board, classifies the inputs on it and compares every output. */
export async function runOnBoard(options: BoardOptions): Promise<BoardRun> {
  const { port, bytes, inputs, labels, expected, onProgress } = options;
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const emulated = watchBoard(port);
  const { session, baudRate: rate } = await openAtKnownRate(port, {
    virtualPorts: emulated.ports,
    ...signal,
    ...(options.baudRate === undefined ? {} : { baudRate: options.baudRate }),
  });
  try {
    const phaseStart = new Map<FlashPhase, number>();
    const flashed = await flash(session, bytes, {
      ...signal,
      onProgress: ({ phase, bytes: stored, totalBytes }) => {
        if (!phaseStart.has(phase)) phaseStart.set(phase, emulated.seconds() ?? performance.now() / 1000);
        onProgress(phase, stored, totalBytes);
      },
    });
    const { count, bits } = decodeBitstream(bytes).network.input;
    const inferences = await session.inferMany(
      inputs.map((input) => packInput(input, count, bits)),
      { ...signal, onProgress: ({ done, total }) => onProgress('classify', done, total) },
    );
    const writeSeconds = (phaseStart.get('verify') ?? 0) - (phaseStart.get('write') ?? 0);
    const isEmulated = emulated.baudRate() !== undefined;
    const baudRate = emulated.baudRate() ?? rate;
    const bytesPerSecond = bytes.length / writeSeconds;
    return {
      figures: {
        board: flashed.device.boardId,
        isEmulated,
        baudRate,
        streamedBytes: bytes.length,
        streamedBytesPerSecond: bytesPerSecond,
        lineRateShare: bytesPerSecond / (baudRate / 10),
        inferences: inferences.length,
        cyclesPerInference: inferences.reduce((sum, { counter }) => sum + counter, 0) / inferences.length,
        correct: inferences.filter((inference, index) => inference.class === labels[index]).length,
      },
      witness: compareOutputs(
        `firmware on ${flashed.device.boardId}${isEmulated ? ', emulated' : ''}`,
        'circuit, compiled engine',
        expected.slice(0, inferences.length),
        inferences.map(({ outputs }) => outputs),
      ),
    };
  } finally {
    await session.close();
  }
}

/** The virtual ports, with a look at the clock of the board behind `port`: rates are told in the board's own time. */
function watchBoard(port: string) {
  let board: EmulatedBoard | undefined;
  const ports = new VirtualPorts(
    virtualPorts.list().map((virtual) => ({
      ...virtual,
      start: async (flashBytes: Uint8Array | undefined) => {
        const started = await virtual.start(flashBytes);
        if (virtual.path === port) board = started;
        return started;
      },
    })),
  );
  return {
    ports,
    seconds: (): number | undefined => (board ? board.cycles / board.clockHz : undefined),
    baudRate: (): number | undefined => board?.baudRate,
  };
}
