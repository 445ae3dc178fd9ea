import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { chooseDevice, devices, view, type View } from '../state.js';

const isShown = signal(false);

/** What Space and Escape do in the view that is shown. Views set these. */
export const viewKeys = signal<{ readonly space?: () => void; readonly escape?: () => void }>({});

/** The first letter of a view; Flash has that of Fleet. */
const VIEW_KEYS: Readonly<Record<string, View | undefined>> = {
  o: 'overview',
  f: 'flash',
  l: 'live',
  c: 'circuit',
  t: 'train',
  n: 'fleet',
};

const MAP: readonly (readonly [string, string])[] = [
  ['1 … 9', 'choose a device'],
  ['o f l c t n', 'Overview, Flash, Live, Circuit, Train, Fleet'],
  ['Space', 'start or stop what the view does'],
  ['Esc', 'cancel'],
  ['/', 'filter the log'],
  ['?', 'this list'],
];

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** Listens to the keyboard for as long as the window is there. */
export function useKeys(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (act(event)) event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}

/** @returns whether the key meant something */
function act({ key, target }: KeyboardEvent): boolean {
  const named = VIEW_KEYS[key.toLowerCase()];
  if (named) view.value = named;
  else if (/^[1-9]$/.test(key)) {
    const chosen = devices.value.at(Number(key) - 1);
    if (chosen) chooseDevice(chosen.id);
  } else if (key === '/') document.getElementById('log-filter')?.focus();
  else if (key === '?') isShown.value = !isShown.value;
  else if (key === 'Escape') {
    if (isShown.value) isShown.value = false;
    else viewKeys.value.escape?.();
  } else if (key === ' ' && !(target instanceof HTMLButtonElement)) viewKeys.value.space?.();
  else return false;
  return true;
}

export const Keys = () =>
  isShown.value ? (
    <section class="keys" role="dialog" aria-label="Keyboard">
      <h2>Keyboard</h2>
      <dl>
        {MAP.map(([key, what]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
    </section>
  ) : null;
