import type { Device } from '../../common/contract/devices.js';
import type { LibraryEntry } from '../../common/contract/library.js';
import { call } from '../bridge.js';
import { Glyph, shortStateWords } from '../parts/glyph.js';
import {
  attempt,
  chooseDevice,
  chooseEntry,
  chosenDevice,
  chosenEntry,
  devices,
  emulatedBoards,
  entry,
  library,
} from '../state.js';
import { OpenBitstreams } from '../parts/open-bitstreams.js';

/** What exists: devices that are plugged in, emulated ones, and bitstreams. */
export const Sidebar = () => (
  <nav class="side" aria-label="Devices and circuits">
    <h2>Devices</h2>
    <Devices kind="serial" none="None is plugged in." />
    <AddPort />
    <h2>Emulated</h2>
    <Devices kind="emulated" none="None runs." />
    <StartBoard />
    {devices.value.some(({ kind }) => kind === 'recorded') && (
      <>
        <h2>Recorded</h2>
        <Devices kind="recorded" none="" />
      </>
    )}
    <h2>Circuits</h2>
    {library.value.length === 0 && <p>Drop a .abit file anywhere, or open one.</p>}
    <ul>
      {library.value.map(({ id, network }) => (
        <li key={id}>
          <button type="button" class="row" aria-current={id === chosenEntry.value} onClick={() => chooseEntry(id)}>
            <span class="glyph" aria-hidden="true">
              ◇
            </span>
            <span class="name">{network.name}</span>
            <span class="aside">{id.slice(0, 4)}</span>
          </button>
        </li>
      ))}
    </ul>
    <p class="actions">
      <OpenBitstreams />
      {entry.value && <ForgetButton entry={entry.value} />}
    </p>
  </nav>
);

function Devices({ kind, none }: { readonly kind: Device['kind']; readonly none: string }) {
  const list = devices.value.filter((one) => one.kind === kind);
  if (list.length === 0) return <p>{none}</p>;
  return (
    <ul>
      {list.map(({ id, name, state }) => (
        <li key={id}>
          <button type="button" class="row" aria-current={id === chosenDevice.value} onClick={() => chooseDevice(id)}>
            <Glyph state={state} />
            <span class="name" title={name}>
              {name}
            </span>
            <span class="aside">{shortStateWords(state)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function StartBoard() {
  const start = async (board: string): Promise<void> => {
    const started = await attempt(() => call('startEmulatedBoard', { board }));
    if (started) chooseDevice(started.id);
  };
  return (
    <p>
      <select
        class="field"
        aria-label="Start an emulated board"
        value=""
        onChange={({ currentTarget }) => {
          const board = currentTarget.value;
          currentTarget.value = '';
          if (board !== '') void start(board);
        }}
      >
        <option value="">Start …</option>
        {emulatedBoards.value.map(({ board, name }) => (
          <option key={board} value={board}>
            {name}
          </option>
        ))}
      </select>
    </p>
  );
}

/** A port that the system does not list, by its path. */
const AddPort = () => (
  <form
    class="add-port"
    onSubmit={(event) => {
      event.preventDefault();
      const field = event.currentTarget.elements.namedItem('path') as HTMLInputElement;
      const path = field.value.trim();
      if (path === '') return;
      void attempt(async () => {
        const added = await call('addPort', { path });
        field.value = '';
        chooseDevice(added.id);
      });
    }}
  >
    <input
      class="field"
      name="path"
      aria-label="Add a port by its path"
      placeholder="/dev/… or COM…"
      spellcheck={false}
    />
  </form>
);

/** Takes the chosen bitstream out of the library; its file elsewhere, and what devices hold, stay as they are. */
const ForgetButton = ({ entry: { id, network } }: { readonly entry: LibraryEntry }) => (
  <button
    type="button"
    class="button quiet"
    title={`Take ${network.name} out of this list`}
    onClick={() => void attempt(() => call('removeFromLibrary', { entry: id }))}
  >
    Forget
  </button>
);
