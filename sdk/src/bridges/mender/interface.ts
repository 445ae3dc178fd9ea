import type { DeviceSession } from '../../device/index.js';
import type { BoardOpener } from '../../workflow/index.js';
import { BridgeError } from '../errors.js';
import { MenderFiles } from './files.js';
import { isMenderState, type MenderState } from './states.js';
import { activate, booting, checkRuns, confirm, digestOf, install, rollBack, running } from '../steps.js';

/** One call of the interface, which is one run of its executable. */
export interface MenderCall {
  /** As the orchestrator names it; one that is not known does nothing. */
  readonly state: string;
  /** The folder of the update. */
  readonly files: string;
  readonly open: BoardOpener;
  /** If given, only what this key has signed is installed. */
  readonly publicKeyFile?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Does what a state of Mender's orchestrator asks for, each a step of the link: Download checks, ArtifactInstall writes, ArtifactReboot
 * activates, ArtifactVerifyReboot looks, ArtifactCommit confirms, ArtifactRollback brings the old circuit back. A state that was done,
 * or cut anywhere, may be asked for again.
 * @returns the lines of the answer; no line if there is none
 * @throws BridgeError; as `flash` does
 */
export async function menderInterface(call: MenderCall): Promise<readonly string[]> {
  const { state, files: folder, publicKeyFile } = call;
  if (!isMenderState(state)) return [];
  const files = new MenderFiles(folder);
  switch (state) {
    case 'NeedsArtifactReboot':
    case 'NeedsUnpackedArtifact':
      return ['Yes'];
    case 'ProvidePayloadFileSizes':
      return ['No'];
    case 'ArtifactFailure':
      return [];
    case 'Cleanup':
      await files.forget();
      return [];
    case 'Download':
      if (await files.hasPayload()) await files.payload(publicKeyFile);
      return [];
    default:
      return onDevice(call, (session) => withDevice(state, session, files, publicKeyFile));
  }
}

type StateOfDevice = Exclude<
  MenderState,
  | 'NeedsArtifactReboot'
  | 'NeedsUnpackedArtifact'
  | 'ProvidePayloadFileSizes'
  | 'ArtifactFailure'
  | 'Cleanup'
  | 'Download'
>;

async function onDevice<T>({ open, signal }: MenderCall, work: (session: DeviceSession) => Promise<T>): Promise<T> {
  const board = await open(signal);
  return work(board.session).finally(() => board.close());
}

async function withDevice(
  state: StateOfDevice,
  session: DeviceSession,
  files: MenderFiles,
  publicKeyFile: string | undefined,
): Promise<readonly string[]> {
  switch (state) {
    case 'SupportsRollback':
      // The only slot holds the new circuit and nothing else.
      return [session.device.slotCount > 1 ? 'Yes' : 'No'];
    case 'Identity':
      return [`id=${session.device.chipId ?? session.device.boardId}`];
    case 'Inventory':
      return inventory(session);
    case 'Provides': {
      const digest = await running(session);
      return digest === undefined ? [] : [`adiabit.circuit=${digest}`];
    }
    case 'ArtifactInstall': {
      const { bytes } = await files.payload(publicKeyFile);
      const wanted = digestOf(bytes);
      const known = await files.remembered();
      // A second try must not take the circuit of the first for the one that was there before.
      if (known?.wanted !== wanted) await files.remember({ wanted, before: await booting(session) });
      await install(session, bytes);
      return [];
    }
    case 'ArtifactReboot':
      await activate(session, (await update(files)).wanted);
      return [];
    case 'ArtifactVerifyReboot':
      await checkRuns(session, (await update(files)).wanted);
      return [];
    case 'ArtifactCommit':
      await confirm(session, (await update(files)).wanted);
      return [];
    case 'ArtifactRollback':
    case 'ArtifactRollbackReboot': {
      const known = await files.remembered();
      if (known !== undefined) await rollBack(session, known.before);
      return [];
    }
    case 'ArtifactVerifyRollbackReboot': {
      const before = (await files.remembered())?.before;
      if (before !== undefined) await checkRuns(session, before);
      return [];
    }
  }
}

async function inventory(session: DeviceSession): Promise<readonly string[]> {
  const { boardId, firmware, slotCount, activeSlot } = session.device;
  const confirmed = await booting(session);
  return [
    `board=${boardId}`,
    `firmware=${firmware.major}.${firmware.minor}`,
    `slots=${slotCount}`,
    `circuit=${activeSlot === undefined ? 'none' : 'runs'}`,
    ...(confirmed === undefined ? [] : [`confirmed=${confirmed}`]),
  ];
}

async function update(files: MenderFiles) {
  const remembered = await files.remembered();
  if (remembered !== undefined) return remembered;
  const message = 'No update is under way in this folder: ArtifactInstall comes first. Deploy the update again.';
  throw new BridgeError('no-update', message);
}
