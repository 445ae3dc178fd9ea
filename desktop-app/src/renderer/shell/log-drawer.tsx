import { signal } from '@preact/signals';
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogEntry } from '../../common/contract/log.js';
import { MAX_LOG_ENTRIES } from '../../common/limits.js';
import { call, on, onConnection } from '../bridge.js';
import { clock } from '../parts/format.js';
import { attempt, nameOf } from '../state.js';

const entries = signal<readonly LogEntry[]>([]);
const filter = signal('');
const LINE_PIXELS = 20;

on('log', (added) => {
  const last = entries.value.at(-1)?.number ?? -1;
  const fresh = added.filter(({ number }) => number > last);
  entries.value = [...entries.value, ...fresh].slice(-MAX_LOG_ENTRIES);
});
onConnection((connected) => {
  if (connected) void attempt(async () => (entries.value = await call('readLog', { from: 0 })));
});

const DIRECTIONS: Readonly<Record<LogEntry['kind'], string>> = {
  sent: '→',
  received: '←',
  noise: '~',
  note: '·',
  error: '✕',
};

function matches({ what, fields, kind, device }: LogEntry, wanted: string): boolean {
  const text = `${kind} ${what} ${fields} ${device === undefined ? '' : nameOf(device)}`.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What happened: every message on the wire, and what was done. It stays when the device goes. */
export function LogDrawer() {
  const shown = filter.value === '' ? entries.value : entries.value.filter((entry) => matches(entry, filter.value));
  return (
    <section class="log" aria-label="Log">
      <div class="head">
        <h2>Log</h2>
        <span class="muted">
          {shown.length === entries.value.length ? shown.length : `${shown.length} of ${entries.value.length}`}
        </span>
        <input
          id="log-filter"
          class="field"
          type="search"
          placeholder="Filter"
          aria-label="Filter the log"
          value={filter.value}
          onInput={({ currentTarget }) => (filter.value = currentTarget.value)}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Escape') currentTarget.blur();
          }}
        />
        <button type="button" class="button quiet" onClick={() => void attempt(save)}>
          Save
        </button>
      </div>
      <Lines shown={shown} />
    </section>
  );
}

function Lines({ shown }: { readonly shown: readonly LogEntry[] }) {
  const element = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [, redraw] = useState(0);
  const virtualizer = useRef<Virtualizer<HTMLDivElement, HTMLDivElement>>(undefined);
  const options = {
    count: shown.length,
    getScrollElement: () => element.current,
    estimateSize: () => LINE_PIXELS,
    overscan: 8,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw((count) => count + 1),
  };
  virtualizer.current ??= new Virtualizer(options);
  virtualizer.current.setOptions(options);
  useEffect(() => virtualizer.current?._didMount(), []);
  useEffect(() => {
    virtualizer.current?._willUpdate();
    const { current } = element;
    if (atEnd.current && current) current.scrollTop = current.scrollHeight;
  }, [shown]);
  return (
    <div
      class="lines"
      ref={element}
      tabIndex={0}
      role="log"
      aria-live="off"
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollTop + clientHeight > scrollHeight - LINE_PIXELS;
      }}
    >
      <Canvas height={virtualizer.current.getTotalSize()}>
        {virtualizer.current.getVirtualItems().map(({ index, start }) => (
          <Line key={shown[index].number} entry={shown[index]} top={start} />
        ))}
      </Canvas>
    </div>
  );
}

const Canvas = ({ height, children }: { readonly height: number; readonly children: preact.ComponentChildren }) => (
  <div style={{ position: 'relative', height: `${height}px` }}>{children}</div>
);

const Line = ({
  entry: { timeMs, device, kind, what, fields },
  top,
}: {
  readonly entry: LogEntry;
  readonly top: number;
}) => (
  <div class={`line ${kind}`} style={{ position: 'absolute', top: `${top}px`, left: 0, right: 0 }}>
    <span class="time">{clock(timeMs)}</span>
    <span class="device">{device === undefined ? '' : nameOf(device)}</span>
    <span class="direction" aria-label={kind}>
      {DIRECTIONS[kind]}
    </span>
    <span class="what">{what}</span>
    <span class="fields">{fields}</span>
  </div>
);

/** Gives the browser the log as a file. */
async function save(): Promise<void> {
  const text = await call('exportLog', {});
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/tab-separated-values' }));
  link.download = 'adiabit-log.tsv';
  link.click();
  URL.revokeObjectURL(link.href);
}
