import { AppError, CancelledError } from '@adiabit/simulator/errors';
import { readyBoards } from '@adiabit/sdk/boards';
import { writeFirmware, type Observer, type WriteFirmwareOptions } from '@adiabit/sdk/workflow';
import type { FirmwareBoard, FirmwareJob } from '../../common/contract/firmware.js';
import { failureOf } from '../../common/failure.js';

const WAYS = {
  'uf2-drive': 'drive',
  'hex-drive': 'drive',
  'stm32-uart': 'port',
  esptool: 'port',
  stk500v1: 'programmer',
} as const;

/** Lists the boards that the app has an image for and knows a way into. @throws BoardError as `readBoards` does */
export const firmwareBoards = (folder: string | undefined): readonly FirmwareBoard[] =>
  readyBoards(folder).flatMap(({ id, name, loader }) =>
    loader === undefined || loader.kind === 'none'
      ? []
      : [{ board: id, name, way: WAYS[loader.kind], enter: loader.enter }],
  );

/** Firmware on its way to a board: one at a time, because a pair of hands holds one button. */
export class FirmwareWriter {
  readonly #tell: (job: FirmwareJob) => void;
  #job: FirmwareJob | undefined;
  #abort = new AbortController();

  constructor(tell: (job: FirmwareJob) => void) {
    this.#tell = tell;
  }

  get job(): FirmwareJob | undefined {
    return this.#job;
  }

  /**
   * Begins to write; returns at once.
   * @param freePort lets a port go that the bench holds, and takes it again afterwards
   * @throws AppError `app.not-now` while another one is written
   */
  start(options: WriteFirmwareOptions, freePort: () => Promise<() => Promise<void>>): void {
    if (this.#job?.state === 'running') {
      throw new AppError('not-now', `The firmware of ${this.#job.board} is being written. Wait for it, or cancel it.`);
    }
    this.#abort = new AbortController();
    this.#enter({ board: options.board, state: 'running', bytes: 0, totalBytes: 0, isIncomplete: false });
    void this.#run(options, freePort);
  }

  cancel(): void {
    this.#abort.abort();
  }

  async #run(options: WriteFirmwareOptions, freePort: () => Promise<() => Promise<void>>): Promise<void> {
    const { signal } = this.#abort;
    let takeAgain: (() => Promise<void>) | undefined;
    try {
      takeAgain = await freePort();
      const { isVerified, hello } = await writeFirmware({ ...options, observer: this.#observer(), signal });
      const said = hello && `${hello.boardId}, firmware ${hello.firmware.major}.${hello.firmware.minor}`;
      this.#change({ state: 'done', isVerified, ...(said === undefined ? {} : { hello: said }) });
    } catch (error) {
      this.#change({ state: error instanceof CancelledError ? 'cancelled' : 'failed', error: failureOf(error) });
    } finally {
      await takeAgain?.();
    }
  }

  #observer(): Observer {
    return {
      onProgress: (progress) => {
        if (progress.step !== 'firmware') return;
        const { phase, done: bytes, total: totalBytes, bytesPerSecond } = progress;
        const speed = bytesPerSecond === undefined ? {} : { bytesPerSecond };
        this.#change({ phase, bytes, totalBytes, ...speed }, 'progress');
      },
      onNote: (note) => {
        if (note.kind === 'drive-awaited') this.#change({ waitsFor: 'drive' });
        if (note.kind === 'hello-awaited') this.#change({ waitsFor: 'hello' });
        if (note.kind === 'firmware-incomplete') this.#change({ isIncomplete: true });
      },
    };
  }

  /** With `progress` nothing is waited for any more. */
  #change(change: Partial<FirmwareJob>, kind?: 'progress'): void {
    if (this.#job === undefined) return;
    const { waitsFor, ...rest } = this.#job;
    const waiting = kind === 'progress' || waitsFor === undefined ? {} : { waitsFor };
    this.#enter({ ...rest, ...waiting, ...change });
  }

  #enter(job: FirmwareJob): void {
    this.#job = job;
    this.#tell(job);
  }
}
