import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@adiabit/simulator/errors';
import { DeviceError, type DeviceSession } from '../device/index.js';
import { sleep } from '../device/clock.js';
import { exists, makeFolder, writeWhole } from '../files.js';
import { FROM_NOW } from '../protocol/index.js';
import type { SensorSource } from '../train/datasets/sensors/source.js';
import type { BoardOpener } from './boards.js';
import { throwIfCancelled, type Following } from './observer.js';

export interface RecordOptions extends Following {
  readonly open: BoardOpener;
  /** The class of what is recorded: it becomes the names of the files. */
  readonly label: string;
  /** The length of a recording. */
  readonly seconds: number;
  /** How many, one after the other. Training wants three of a class at least (1). */
  readonly recordings?: number | undefined;
  /** The folder for the files; made if it is not there. */
  readonly folder: string;
  /** The names of the channels. If absent, c0, c1, ... */
  readonly channels?: readonly string[] | undefined;
}

/** What was recorded. */
export interface Recorded {
  readonly board: string;
  readonly files: readonly string[];
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: readonly string[];
}

/** How long the ring of a device is left to fill, between two requests that find it empty. */
const WAIT_MS = 10;
/** Samples of a window in the description that a recording starts, and from one window to the next. */
const WINDOW = { length: 128, stride: 64 };

/**
 * Records the sensor of a device into CSV files of raw counts, `LABEL-001.csv` and on, and puts a `data.json` beside
 * them if there is none, so that the folder can be trained on.
 * @throws DeviceError `device.unknown-message` for firmware without a sensor; DataError `data.bad-value` for samples
 * that were lost, or another number of channels than names; as `openBoard`; CancelledError
 */
export async function recordToFolder(options: RecordOptions): Promise<Recorded> {
  const { open, label, folder, recordings = 1, seconds, observer, signal } = options;
  observer?.onStage?.('device');
  const board = await open(signal);
  const { session } = board;
  try {
    const { channels: count, sampleRateHz } = await sensorOf(session, signal);
    const channels = options.channels ?? Array.from({ length: count }, (_, channel) => `c${channel}`);
    if (channels.length !== count) {
      const message = `The sensor of ${session.device.boardId} has ${count} channels, but ${channels.length} names were given. Name each.`;
      throw new DataError('bad-value', message, { expected: count, found: channels.length });
    }
    await makeFolder(folder);
    const samples = Math.round(seconds * sampleRateHz);
    const files: string[] = [];
    for (let recording = 0; recording < recordings; recording++) {
      const values = await recordSamples(session, samples, options, recording * samples, recordings * samples);
      const file = join(folder, await nextName(folder, label));
      await writeWhole(file, { lines: linesOf(channels, values) });
      files.push(file);
    }
    await describe(folder, sampleRateHz);
    return { board: session.device.boardId, files, samples, sampleRateHz, channels };
  } finally {
    await board.close();
  }
}

async function sensorOf(session: DeviceSession, signal: AbortSignal | undefined) {
  try {
    return await session.samples(FROM_NOW, signal);
  } catch (error) {
    if (!(error instanceof DeviceError) || error.code !== 'device.unknown-message') throw error;
    const message = `The firmware on ${session.device.boardId} has no sensor. Build it with one: docs/guides/sensors.md, "Record from a board".`;
    throw new DataError('not-found', message, { board: session.device.boardId }, error);
  }
}

/** Asks for samples, one reply after the other, until there are enough. @throws DataError when the device was faster */
async function recordSamples(
  session: DeviceSession,
  samples: number,
  { observer, signal }: RecordOptions,
  done: number,
  total: number,
): Promise<Int32Array> {
  const start = await session.samples(FROM_NOW, signal);
  const { channels } = start;
  const result = new Int32Array(samples * channels);
  for (let taken = 0; taken < samples;) {
    throwIfCancelled(signal);
    const wanted = (start.first + taken) >>> 0;
    const { first, values } = await session.samples(wanted, signal);
    if (values.length > 0 && first !== wanted) {
      const lost = (first - wanted) >>> 0;
      const message = `${lost} samples were lost after ${taken}: the line is slower than the sensor. Use a higher baud rate, or sample less often.`;
      throw new DataError('bad-value', message, { lost, taken });
    }
    const fresh = values.subarray(0, (samples - taken) * channels);
    result.set(fresh, taken * channels);
    taken += fresh.length / channels;
    observer?.onProgress?.({ step: 'record', done: done + taken, total });
    if (values.length === 0) await sleep(session.clock, WAIT_MS);
  }
  return result;
}

/** Returns the first free name behind those that there are. */
async function nextName(folder: string, label: string): Promise<string> {
  const numbers = (await readdir(folder)).flatMap((name) => {
    const found = /^(.*)-(\d+)\.csv$/.exec(name);
    return found?.[1] === label ? [Number(found[2])] : [];
  });
  return `${label}-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}.csv`;
}

function* linesOf(channels: readonly string[], values: Int32Array): Generator<string> {
  yield channels.join(',');
  for (let at = 0; at < values.length; at += channels.length) yield values.subarray(at, at + channels.length).join(',');
}

/** Says what the recordings are, if nobody has said it yet. */
async function describe(folder: string, sampleRateHz: number): Promise<void> {
  const file = join(folder, 'data.json');
  if (await exists(file)) return;
  const source: SensorSource = {
    format: 'csv',
    files: '*.csv',
    label: { from: 'file' },
    recording: 'file',
    window: WINDOW,
    sampleRateHz,
  };
  await writeWhole(file, `${JSON.stringify(source, undefined, 2)}\n`);
}
