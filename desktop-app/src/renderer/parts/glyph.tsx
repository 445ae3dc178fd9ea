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

export const Glyph = ({ state }: { readonly state: DeviceState }) => (
  <span class={`glyph ${state.kind}`} aria-hidden="true">
    {SHAPES[state.kind]}
  </span>
);
