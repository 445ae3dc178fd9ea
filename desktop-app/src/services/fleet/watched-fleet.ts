import { randomBytes } from 'node:crypto';
import { AppError, CancelledError } from '@adiabit/simulator/errors';
import {
  commandRollout,
  connectBroker,
  Mailbox,
  type BrokerConnection,
  type BrokerOptions,
  type GatewayState,
  type Reported,
} from '@adiabit/sdk/fleet';
import type { Fleet, RolloutCommand } from '../../common/contract/fleet.js';
import type { Failure } from '../../common/envelope.js';
import { failureOf } from '../../common/failure.js';
import { boardRow, gatewayRow, rolloutRow, type RolloutMessages } from './rows.js';

/** A fleet as its broker tells of it, from the moment on that it is connected. */
export class WatchedFleet {
  readonly #url: string;
  readonly #onChange: () => void;
  readonly #ended = new AbortController();
  readonly #opening: Promise<void>;
  readonly #gateways = new Map<string, GatewayState>();
  readonly #boards = new Map<string, Reported>();
  readonly #rollouts = new Map<string, RolloutMessages>();
  #connection: BrokerConnection | undefined;
  #mailbox: Mailbox | undefined;
  #state: Fleet['connection'] = 'connecting';
  #error: Failure | undefined;

  constructor(
    access: Pick<BrokerOptions, 'url' | 'user' | 'password'>,
    prefix: string | undefined,
    onChange: () => void,
  ) {
    this.#url = access.url;
    this.#onChange = onChange;
    this.#opening = this.#open(access, prefix);
  }

  fleet(): Fleet {
    const gateways = sorted(this.#gateways);
    const boards = sorted(this.#boards);
    return {
      broker: this.#url,
      connection: this.#state,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      gateways: gateways.map(([id, state]) => gatewayRow(id, state)),
      boards: boards.map(([chip, reported]) => boardRow(chip, reported, this.#gateways.get(reported.gateway))),
      rollouts: sorted(this.#rollouts).flatMap(([id, messages]) => rolloutRow(id, messages)),
      dropped: this.#mailbox?.dropped ?? 0,
    };
  }

  /** @throws AppError `app.not-now` without a connection; FleetError as `commandRollout` does */
  async command(rollout: string, command: RolloutCommand): Promise<void> {
    if (this.#mailbox === undefined || this.#state !== 'open')
      throw new AppError('not-now', 'There is no connection to the broker now. Try again when it is back.');
    const done = await commandRollout(this.#mailbox, rollout, command, { signal: this.#ended.signal });
    if (done !== undefined) return;
    const message = `Nobody drives the rollout "${rollout}" now. It is told to ${command} when somebody does: "adiabit rollout start ${rollout}".`;
    throw new AppError('not-now', message, { rollout, command });
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#opening;
    await this.#connection?.close();
  }

  async #open(access: Pick<BrokerOptions, 'url' | 'user' | 'password'>, prefix: string | undefined): Promise<void> {
    try {
      this.#connection = await connectBroker({
        ...access,
        clientId: `adiabit-app-${randomBytes(6).toString('hex')}`,
        signal: this.#ended.signal,
        onLost: (why) => this.#stand('lost', failureOf(why)),
      });
      this.#connection.onReconnect(() => this.#stand('open'));
      const mailbox = new Mailbox(this.#connection, {
        ...(prefix === undefined ? {} : { prefix }),
        onDropped: this.#onChange,
      });
      this.#mailbox = mailbox;
      await this.#listen(mailbox);
      this.#stand('open');
    } catch (error) {
      if (!(error instanceof CancelledError)) this.#stand('refused', failureOf(error));
    }
  }

  async #listen(mailbox: Mailbox): Promise<void> {
    const keep = <Value>(map: Map<string, Value>, id: string, value: Value | undefined): void => {
      if (value === undefined) map.delete(id);
      else map.set(id, value);
      this.#onChange();
    };
    const part = (rollout: string, value: RolloutMessages): void =>
      keep(this.#rollouts, rollout, { ...this.#rollouts.get(rollout), ...value });
    await mailbox.subscribe('gatewayState', {}, ({ ids, payload }) => keep(this.#gateways, ids.gateway, payload));
    await mailbox.subscribe('reported', {}, ({ ids, payload }) => keep(this.#boards, ids.chip, payload));
    await mailbox.subscribe('rolloutDefinition', {}, ({ ids, payload: definition }) =>
      part(ids.rollout, { definition }),
    );
    await mailbox.subscribe('rolloutState', {}, ({ ids, payload: state }) => part(ids.rollout, { state }));
  }

  #stand(state: Fleet['connection'], error?: Failure): void {
    this.#state = state;
    this.#error = error;
    this.#onChange();
  }
}

const sorted = <Value>(map: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] =>
  [...map].sort(([one], [other]) => (one < other ? -1 : 1));
