import { signal } from '@preact/signals';
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogEntry } from '../../common/contract/log.js';
import { MAX_LOG_ENTRIES } from '../../common/limits.js';
import { call, on, onConnection } from '../bridge.js';
import { clock } from '../parts/format.js';
import { saveFile } from '../parts/save-file.js';
import { attempt, device, nameOf } from '../state.js';

const entries = signal<readonly LogEntry[]>([]);
const filter = signal('');
/** The number of the entry whose bytes are shown. */
const opened = signal<number | undefined>(undefined);
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

const LEAST_PIXELS = 33;
const STEP_PIXELS = 40;
const KEPT_PIXELS = Number(localStorage.getItem('log-height'));
const height = signal(KEPT_PIXELS >= LEAST_PIXELS ? KEPT_PIXELS : 168);

function setHeight(pixels: number): void {
  height.value = Math.round(Math.max(LEAST_PIXELS, Math.min(pixels, 0.6 * window.innerHeight)));
  localStorage.setItem('log-height', String(height.value));
}

/** The upper edge of the drawer, to drag or to move with the arrow keys. */
const Grip = () => (
  <div
    class="grip"
    role="separator"
    aria-orientation="horizontal"
    aria-label="Height of the log"
    aria-valuenow={height.value}
    aria-valuemin={LEAST_PIXELS}
    tabIndex={0}
    onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
    onPointerMove={({ currentTarget, pointerId, clientY }) => {
      if (currentTarget.hasPointerCapture(pointerId)) setHeight(window.innerHeight - clientY);
    }}
    onKeyDown={({ key }) => {
      if (key === 'ArrowUp') setHeight(height.value + STEP_PIXELS);
      if (key === 'ArrowDown') setHeight(height.value - STEP_PIXELS);
    }}
  />
);

/** What happened: every message on the wire, and what was done. It stays when the device goes. */
export function LogDrawer() {
  const shown = filter.value === '' ? entries.value : entries.value.filter((entry) => matches(entry, filter.value));
  return (
    <section class="log" aria-label="Log" style={{ height: `${height.value}px` }}>
      <Grip />
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
        <RecordButton />
        <button type="button" class="button quiet" onClick={() => void attempt(save)}>
          Save
        </button>
      </div>
      <Lines shown={shown} />
      <Details entry={entries.value.find(({ number }) => number === opened.value)} />
    </section>
  );
}

/** How far the arrow keys go from the message that is shown. */
const STEPS: Readonly<Partial<Record<string, number>>> = { ArrowUp: -1, ArrowDown: 1 };

function Lines({ shown }: { readonly shown: readonly LogEntry[] }) {
  const element = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lastTop = useRef(0);
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
      onKeyDown={(event) => {
        const by = STEPS[event.key];
        if (by === undefined) return;
        event.preventDefault();
        const at = shown.findIndex(({ number }) => number === opened.value);
        const next = Math.max(0, Math.min(shown.length - 1, at < 0 ? shown.length - 1 : at + by));
        opened.value = shown.at(next)?.number;
        virtualizer.current?.scrollToIndex(next);
      }}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        // Lines that come faster than they are drawn are no reason to stop following: scrolling up is.
        if (scrollTop + clientHeight > scrollHeight - LINE_PIXELS) atEnd.current = true;
        else if (scrollTop < lastTop.current) atEnd.current = false;
        lastTop.current = scrollTop;
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

const Line = ({ entry, top }: { readonly entry: LogEntry; readonly top: number }) => {
  const { number, timeMs, device: of, kind, what, fields } = entry;
  return (
    <div
      class={`line ${kind}`}
      style={{ position: 'absolute', top: `${top}px`, left: 0, right: 0 }}
      aria-current={opened.value === number}
      onClick={() => (opened.value = opened.value === number ? undefined : number)}
    >
      <span class="time">{clock(timeMs)}</span>
      <span class="device">{of === undefined ? '' : nameOf(of)}</span>
      <span class="direction" aria-label={kind}>
        {DIRECTIONS[kind]}
      </span>
      <span class="what">{what}</span>
      <span class="fields">{fields}</span>
    </div>
  );
};

/** The bytes that are drawn of one message: a payload has a kilobyte. */
const SHOWN_BYTES = 512;
const BYTES_A_LINE = 16;

/** The bytes of the entry that was clicked. */
function Details({ entry }: { readonly entry: LogEntry | undefined }) {
  if (entry === undefined) return null;
  const shown = entry.bytes?.subarray(0, SHOWN_BYTES) ?? new Uint8Array();
  const lines = Array.from({ length: Math.ceil(shown.length / BYTES_A_LINE) }, (_, line) =>
    hexLine(shown, line * BYTES_A_LINE),
  );
  const more = (entry.bytes?.length ?? 0) - shown.length;
  return (
    <div class="details" role="region" aria-label="Message" tabIndex={0}>
      <p>
        {clock(entry.timeMs)} {entry.what} {entry.fields}
      </p>
      <pre>{[...lines, ...(more > 0 ? [`and ${more} bytes more`] : [])].join('\n') || 'no payload'}</pre>
    </div>
  );
}

function hexLine(bytes: Uint8Array, from: number): string {
  const line = [...bytes.subarray(from, from + BYTES_A_LINE)];
  const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  return `${from.toString(16).padStart(4, '0')}  ${hex.padEnd(3 * BYTES_A_LINE)} ${text}`;
}

/** Gives the browser the log as a file. */
async function save(): Promise<void> {
  saveFile('adiabit-log.tsv', await call('exportLog', {}), 'text/tab-separated-values');
}

/** Takes down the line of the chosen device, and gives the recording as a file that can be dropped here later. */
function RecordButton() {
  const chosen = device.value;
  if (chosen === undefined || chosen.kind === 'recorded') return null;
  const { id, isRecording, state } = chosen;
  const toggle = async (): Promise<void> => {
    if (!isRecording) {
      await call('startRecording', { device: id });
      return;
    }
    const { fileName, text } = await call('stopRecording', { device: id });
    saveFile(fileName, text, 'application/jsonl');
  };
  return (
    <button
      type="button"
      class={`button quiet ${isRecording ? 'recording' : ''}`}
      aria-pressed={isRecording}
      disabled={!isRecording && state.kind !== 'live'}
      onClick={() => void attempt(toggle)}
    >
      {isRecording ? '■ Stop recording' : '● Record'}
    </button>
  );
}
