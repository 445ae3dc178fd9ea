import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, decodeBitstream, packInput, plainOf, type Bitstream } from '@adiabit/simulator/bitstream';
import { flash, FlashError, type DeviceDescription, type DeviceSession, type Inference } from '../device/index.js';
import { readBytes } from '../files.js';
import type { BoardOpener } from './boards.js';
import { inputsFor, type ExampleSource, type RawSource } from './examples.js';
import { throwIfCancelled, type Following } from './observer.js';
import { parity, type Parity, type ParityOptions } from './parity.js';

export interface RunOptions extends ParityOptions, ExampleSource, RawSource {
  /** The .abit file that the device runs. */
  readonly bitstream: string;
  readonly open: BoardOpener;
  /** Puts the bitstream on the device first. If absent, the device must run it already. */
  readonly flashFirst?: boolean | undefined;
  /** How many test examples. If absent, all. */
  readonly limit?: number | undefined;
}

/** How test examples were classified on a device. */
export interface DeviceRun {
  readonly board: string;
  readonly inferences: number;
  /** If absent, the inputs have no labels. */
  readonly correct?: number;
  /** The class that the device gave to each input, by name or number. */
  readonly classes: readonly string[];
  /** What the device counts an inference in. */
  readonly counterUnit: DeviceDescription['counterUnit'];
  /** The mean of those. */
  readonly perInference: number;
  readonly parity: Parity;
}

/**
 * Classifies test examples on a device, and compares every output with the simulated circuit and the integer oracle.
 * @throws FlashError `flash.slot-unavailable` if the device runs another circuit, or none; as `inputsFor`,
 * `openBoard` and `parity` do; CancelledError
 */
export async function runOnBoard(options: RunOptions): Promise<DeviceRun> {
  const { bitstream: file, open, flashFirst = false, limit, observer, signal } = options;
  const bytes = await readBytes(file);
  const bitstream = decodeBitstream(bytes);
  const { inputs, labels } = await inputsFor(bitstream, options, options, limit);
  throwIfCancelled(signal);
  observer?.onStage?.('device');
  const board = await open(signal);
  const { session } = board;
  let device: DeviceDescription;
  let results: readonly Inference[];
  try {
    if (flashFirst) await flash(session, bytes, signal === undefined ? {} : { signal });
    else await checkActive(session, bytes, file, signal);
    results = await classifyOn(session, bitstream, inputs, options);
    device = session.device;
  } finally {
    await board.close();
  }
  const classNames = bitstream.description.trainedOn?.classNames;
  return {
    board: device.boardId,
    counterUnit: device.counterUnit,
    inferences: results.length,
    ...(labels === undefined
      ? {}
      : { correct: results.filter((result, index) => result.class === labels[index]).length }),
    classes: results.map((result) => classNames?.[result.class] ?? String(result.class)),
    perInference: results.reduce((sum, { counter }) => sum + counter, 0) / results.length,
    parity: await parity(`firmware on ${device.boardId}`, bitstream, inputs, results, options),
  };
}

/** Lets a device answer inputs as the circuit takes them. */
export function classifyOn(
  session: DeviceSession,
  { network }: Bitstream,
  inputs: readonly Uint8Array[],
  { observer, signal }: Following,
): Promise<readonly Inference[]> {
  const { count, bits } = network.input;
  return session.inferMany(
    inputs.map((input) => packInput(input, count, bits)),
    {
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ done, total }) => observer?.onProgress?.({ step: 'classify', done, total }),
    },
  );
}

/**
 * Checks that the device runs the circuit of the file.
 * @throws FlashError `flash.slot-unavailable` when the device runs another circuit than the file's, or none.
 */
export async function checkActive(
  session: DeviceSession,
  bytes: Uint8Array,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { activeSlot, boardId } = session.device;
  const slots = await session.slots(signal);
  const active = activeSlot === undefined ? undefined : slots.at(activeSlot);
  if (active && toHex(active.digest) === toHex(bitstreamDigest(plainOf(bytes)))) return;
  throw new FlashError(
    'slot-unavailable',
    `${boardId} runs ${active ? `another circuit (digest ${toHex(active.digest).slice(0, 16)})` : 'no circuit'}, not ${file}. ` +
      'Flash it first: adiabit flash.',
    activeSlot === undefined ? {} : { activeSlot },
  );
}
