import { useEffect, useId, useState } from 'preact/hooks';
import type { SignalName } from '../../../../common/contract/circuits.js';
import { call } from '../../../bridge.js';
import { attempt } from '../../../state.js';
import { watch } from './wave-state.js';

const MOST_FOUND = 40;
const TYPING_MS = 120;

/** Finds a signal by words of its name, and adds it to the waveform. */
export function SignalSearch({ entry }: { readonly entry: string }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<{ readonly total: number; readonly signals: readonly SignalName[] }>();
  const [at, setAt] = useState(0);
  const list = useId();
  useEffect(() => {
    if (text.trim() === '') {
      setFound(undefined);
      return undefined;
    }
    const timer = setTimeout(() => {
      void attempt(async () => {
        setFound(await call('listSignals', { entry, search: text, limit: MOST_FOUND }));
        setAt(0);
      });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, entry]);
  const take = (name: string | undefined): void => {
    if (name === undefined) return;
    watch(name);
    setText('');
  };
  const signals = found?.signals ?? [];
  return (
    <span class="signal-search">
      <input
        class="field"
        type="text"
        placeholder="Add a signal"
        list={undefined}
        role="combobox"
        aria-label="Add a signal by its name"
        aria-expanded={found !== undefined}
        aria-controls={list}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onBlur={() => setTimeout(() => setFound(undefined), 150)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt(Math.min(at + 1, signals.length - 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
          else if (event.key === 'Enter') take(signals.at(at)?.name);
          else if (event.key === 'Escape') setText('');
          else return;
          event.preventDefault();
        }}
      />
      {found && (
        <ul class="found" id={list} role="listbox" aria-label="Signals">
          {signals.map(({ name, width }, index) => (
            <li key={name} role="option" aria-selected={index === at} onMouseDown={() => take(name)}>
              <span>{name}</span>
              <span class="muted">{width}</span>
            </li>
          ))}
          <li class="muted">
            {found.total === 0
              ? 'No signal has such a name. Any bit is one, as y0[3], and any net, as n123.'
              : found.total > signals.length && `${found.total - signals.length} more`}
          </li>
        </ul>
      )}
    </span>
  );
}
