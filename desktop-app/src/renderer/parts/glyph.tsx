import type { DeviceState } from '../../common/contract/devices.js';

/** A shape for each state, so that none is told by its colour alone. */
const SHAPES: Readonly<Record<DeviceState['kind'], string>> = {
  live: '●',
  busy: '◐',
  unasked: '○',
  connecting: '◌',
  gone: '–',
  refused: '✕',
};

const WORDS: Readonly<Record<DeviceState['kind'], string>> = {
  live: 'live',
  busy: 'busy',
  unasked: 'not connected',
  connecting: 'connecting',
  gone: 'gone',
  refused: 'refused',
};

export const stateWords = (state: DeviceState): string =>
  state.kind === 'busy' ? `writing, ${Math.floor((100 * state.done) / Math.max(1, state.total))} %` : WORDS[state.kind];

/** Why a device was refused, in a word or two, by the code of its error. */
const REFUSALS: Readonly<Record<string, string>> = {
  'transport.port-busy': 'in use',
  'transport.permission-denied': 'not permitted',
  'transport.not-found': 'no such port',
  'transport.disconnected': 'gone',
  'transport.timeout': 'silent',
  'protocol.unexpected-reply': 'not ours',
  'protocol.version-mismatch': 'other version',
};

/** The state in the few letters that a list has room for; nothing for a device that is well. */
export const shortStateWords = (state: DeviceState): string =>
  state.kind === 'live'
    ? ''
    : state.kind === 'refused'
      ? (REFUSALS[state.error.code] ?? WORDS.refused)
      : stateWords(state).replace('writing, ', '');

export const Glyph = ({ state }: { readonly state: DeviceState }) => (
  <span class={`glyph ${state.kind}`} aria-hidden="true">
    {SHAPES[state.kind]}
  </span>
);
