import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, decodeBitstream, plainOf } from '@adiabit/simulator/bitstream';
import { publishBlob } from '../blobs/publish.js';
import type {
  Mailbox,
  RolloutClaim,
  RolloutCommand,
  RolloutControl,
  RolloutDefinition,
  RolloutState,
} from '../contract/index.js';
import { FleetError } from '../errors.js';
import { readRetained } from '../retained.js';

/** A rollout, as the broker has it. */
export interface RolloutView {
  readonly definition: RolloutDefinition;
  /** If absent, nobody has driven it yet. */
  readonly state?: RolloutState | undefined;
  /** If absent, nobody has it. The claim of a coordinator that died stays. */
  readonly claim?: RolloutClaim | undefined;
  /** The last command. */
  readonly control?: RolloutControl | undefined;
}

/** What somebody decides about a rollout; the rest follows from its file. */
export type RolloutPlan = Omit<RolloutDefinition, 'version' | 'circuit' | 'blob' | 'createdAtMs'>;

const ANSWER_MS = 5000;
const LOOK_MS = 50;

/** Reads the rollouts that there are, by id; or one of them. @throws FleetError as the mailbox does */
export async function readRollouts(mailbox: Mailbox, rollout?: string): Promise<ReadonlyMap<string, RolloutView>> {
  const views = new Map<string, Partial<RolloutView>>();
  const ids = rollout === undefined ? {} : { rollout };
  await readRetained((heard) => {
    const take = (id: string, part: Partial<RolloutView>): void => {
      heard(`${Object.keys(part).join()} ${id}`);
      views.set(id, { ...views.get(id), ...part });
    };
    return Promise.all([
      mailbox.subscribe('rolloutDefinition', ids, ({ ids: { rollout: id }, payload: definition }) =>
        take(id, definition === undefined ? {} : { definition }),
      ),
      mailbox.subscribe('rolloutState', ids, ({ ids: { rollout: id }, payload: state }) => take(id, { state })),
      mailbox.subscribe('rolloutClaim', ids, ({ ids: { rollout: id }, payload: claim }) => take(id, { claim })),
      mailbox.subscribe('rolloutControl', ids, ({ ids: { rollout: id }, payload: control }) => take(id, { control })),
    ]);
  });
  return new Map([...views].filter((entry): entry is [string, RolloutView] => entry[1].definition !== undefined));
}

/**
 * Makes a rollout of a file: publishes the file, then what is to be done with it. It begins once it is started.
 * @throws FormatError for what is no whole bitstream; FleetError `fleet.rollout-exists`, `fleet.bad-message` for a plan that breaks the contract
 */
export async function createRollout(mailbox: Mailbox, file: Uint8Array, plan: RolloutPlan): Promise<RolloutDefinition> {
  decodeBitstream(file);
  if ((await readRollouts(mailbox, plan.id)).size > 0) {
    const message = `There is a rollout "${plan.id}" already, and its wishes have been made. Choose another name.`;
    throw new FleetError('rollout-exists', message, { rollout: plan.id });
  }
  const circuit = toHex(bitstreamDigest(plainOf(file)));
  const blob = await publishBlob(mailbox, file);
  const definition = { version: 1, ...plan, circuit, blob, createdAtMs: Date.now() } as const;
  await mailbox.publish('rolloutDefinition', { rollout: plan.id }, definition);
  return definition;
}

export interface CommandOptions {
  /** How long to wait for a coordinator, in milliseconds (5 s). */
  readonly answerMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Gives a rollout a command, and waits a while for its coordinator. One that comes later carries it out, too.
 * @returns the state after it; undefined when nobody has carried it out yet
 * @throws FleetError `fleet.rollout-unknown`; `fleet.rollout-waits` when an earlier command would be lost
 */
export async function commandRollout(
  mailbox: Mailbox,
  rollout: string,
  command: RolloutCommand,
  { answerMs = ANSWER_MS, signal }: CommandOptions = {},
): Promise<RolloutState | undefined> {
  const view = (await readRollouts(mailbox, rollout)).get(rollout);
  if (view === undefined) throw rolloutUnknown(rollout);
  const { control, state } = view;
  if (control !== undefined && control.command !== command && state?.nonces.includes(control.nonce) !== true) {
    const message = `The rollout "${rollout}" has not been told to ${control.command} yet, because nobody drives it. Have somebody drive it first.`;
    throw new FleetError('rollout-waits', message, { rollout, command: control.command });
  }
  const nonce = randomBytes(8).toString('hex');
  let after: RolloutState | undefined;
  const stop = await mailbox.subscribe('rolloutState', { rollout }, ({ payload }) => {
    if (payload?.nonces.includes(nonce) === true) after = payload;
  });
  await mailbox.publish('rolloutControl', { rollout }, { version: 1, nonce, command });
  for (let waitedMs = 0; after === undefined && waitedMs < answerMs && signal?.aborted !== true; waitedMs += LOOK_MS)
    await wait(LOOK_MS);
  await stop();
  return after;
}

export const rolloutUnknown = (rollout: string): FleetError =>
  new FleetError('rollout-unknown', `There is no rollout "${rollout}". Create it, or list those there are.`, {
    rollout,
  });
