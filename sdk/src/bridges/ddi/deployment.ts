import { flashBoard, readChecked, type BoardOpener } from '../../workflow/index.js';
import { booting, digestOf, running } from '../steps.js';
import { bitstreamOf, downloadArtifact } from './download.js';
import type { DdiOptions } from './options.js';
import type { Deployment } from './replies.js';
import type { Feedback } from './server.js';

/** Returns what a server keeps of a device. */
export async function describeDevice(
  open: BoardOpener,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  return onDevice(open, signal, async (session) => {
    const { boardId, chipId, firmware, slotCount } = session.device;
    const circuit = await booting(session);
    return {
      board: boardId,
      firmware: `${firmware.major}.${firmware.minor}`,
      slots: String(slotCount),
      ...(chipId === undefined ? {} : { chip: chipId }),
      ...(circuit === undefined ? {} : { circuit }),
    };
  });
}

type InstallOptions = Pick<DdiOptions, 'server' | 'open' | 'folder' | 'publicKeyFile' | 'onEvent'> & {
  readonly signal: AbortSignal;
};

/**
 * Downloads a deployment and, unless only that is wanted, puts it on the device; tells the server of every phase.
 * @returns the digest of the circuit
 * @throws as `downloadArtifact`, `readChecked` and `flashBoard` do; CancelledError if the signal fires or the server has closed the action
 */
export async function installDeployment(deployment: Deployment, options: InstallOptions): Promise<string> {
  const { server, open, folder, publicKeyFile, signal } = options;
  const artifact = bitstreamOf(deployment);
  const reporter = new PhaseReporter(deployment.id, options);
  try {
    reporter.enter('download');
    const file = await downloadArtifact(server, artifact, folder, reporter.signal);
    const bitstream = await readChecked(file, publicKeyFile);
    const digest = digestOf(bitstream.bytes);
    if (deployment.update === 'skip') return digest;
    // The device may have it already: a client that was killed before it could say so comes here again.
    const there = await onDevice(
      open,
      signal,
      async (session) => (await running(session)) === digest && (await booting(session)) === digest,
    );
    if (there) return digest;
    await flashBoard(bitstream, open, {
      signal: reporter.signal,
      observer: {
        onProgress: (progress) => {
          if (progress.step === 'flash' && progress.phase !== undefined) reporter.enter(progress.phase);
        },
      },
    });
    return digest;
  } finally {
    await reporter.end();
  }
}

const PHASES: readonly string[] = ['download', 'hello', 'erase', 'write', 'verify', 'self-test', 'confirm'];

/** Tells the server of the phases of an action, in order and beside the work. */
class PhaseReporter {
  readonly #id: string;
  readonly #options: InstallOptions;
  readonly #gone = new AbortController();
  /** Fires with the signal of the options, and when the server has closed the action. */
  readonly signal: AbortSignal;
  #phase: string | undefined;
  #told: Promise<void> = Promise.resolve();

  constructor(id: string, options: InstallOptions) {
    this.#id = id;
    this.#options = options;
    this.signal = AbortSignal.any([options.signal, this.#gone.signal]);
  }

  enter(phase: string): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#options.onEvent?.({ kind: 'phase', id: this.#id, phase });
    const feedback: Feedback = {
      execution: 'proceeding',
      finished: 'none',
      progress: { cnt: PHASES.indexOf(phase), of: PHASES.length },
      details: [phase],
    };
    this.#told = this.#told.then(() => this.#tell(feedback));
  }

  /** Waits until all of it is told. */
  end(): Promise<void> {
    return this.#told;
  }

  /** What is told on the way may be lost; the end of an action may not. */
  async #tell(feedback: Feedback): Promise<void> {
    const { server, signal } = this.#options;
    const open = await server.feedback('deploymentBase', this.#id, feedback, signal).catch(() => true);
    if (!open) this.#gone.abort();
  }
}

async function onDevice<T>(
  open: BoardOpener,
  signal: AbortSignal,
  work: (session: Awaited<ReturnType<BoardOpener>>['session']) => Promise<T>,
): Promise<T> {
  const board = await open(signal);
  return work(board.session).finally(() => board.close());
}
