import { computed, signal } from '@preact/signals';
import type { Fleet, FleetBoard, RolloutCommand } from '../../../common/contract/fleet.js';
import { call, on, onConnection } from '../../bridge.js';
import { attempt } from '../../state.js';

/** The fleet that is watched. Undefined if none is; its process starts when the view is first looked at. */
export const fleet = signal<Fleet | undefined>(undefined);

export const ADDRESS = 'mqtt://127.0.0.1:1883';
/** What the boards are searched for. */
export const search = signal('');

export const foundBoards = computed(() => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return (fleet.value?.boards ?? []).filter((board) => words.every((word) => textOf(board).includes(word)));
});

const textOf = ({ chip, gateway, kind, port, state, confirmed, trouble }: FleetBoard): string =>
  [chip, gateway, kind, port, state, confirmed, trouble?.result, trouble?.message].join(' ').toLowerCase();

/** The circuits that boards have confirmed, each with how many have; `undefined` counts those that have none. */
export const circuits = computed(() => {
  const counts = new Map<string | undefined, number>();
  for (const { confirmed } of fleet.value?.boards ?? []) counts.set(confirmed, (counts.get(confirmed) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
});

const load = (): Promise<unknown> => attempt(async () => (fleet.value = await call('readFleet', {})));

let isListening = false;

/** Asks for the fleet, and listens to what changes, from the first time on that the view is looked at. */
export function listen(): void {
  void load();
  if (isListening) return;
  isListening = true;
  on('fleet', (now) => (fleet.value = now));
  on('service', ({ service, state }) => {
    if (service === 'fleet' && state === 'stopped') fleet.value = undefined;
  });
  onConnection((connected) => connected && void load());
}

/** Connects to a broker. What is left empty is not sent. */
export const connect = (address: string, user: string, password: string): Promise<unknown> =>
  attempt(() =>
    call('watchFleet', {
      broker: address === '' ? ADDRESS : address,
      ...(user === '' ? {} : { user }),
      ...(password === '' ? {} : { password }),
    }),
  );

export const leave = (): Promise<unknown> => attempt(() => call('leaveFleet', {}));

export const command = (rollout: string, wanted: RolloutCommand): Promise<unknown> =>
  attempt(() => call('commandRollout', { rollout, command: wanted }));
