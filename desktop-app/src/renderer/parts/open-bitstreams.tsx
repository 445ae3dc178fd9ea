import { useRef } from 'preact/hooks';
import { call } from '../bridge.js';
import { takeFile } from '../files.js';
import { app, attempt, chooseEntry } from '../state.js';

/** Opens bitstreams by a dialog: that of the system where the app has one, else the browser's. */
export function OpenBitstreams() {
  const field = useRef<HTMLInputElement>(null);
  const open = async (): Promise<void> => {
    if (app.value?.hasDialogs !== true) {
      field.current?.click();
      return;
    }
    const added = await attempt(() => call('openBitstreams', {}));
    const last = added?.at(-1);
    if (last) chooseEntry(last.id);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void open()}>
        Open …
      </button>
      <input
        ref={field}
        type="file"
        accept=".abit"
        multiple
        class="visually-hidden"
        tabIndex={-1}
        aria-label="Open bitstreams"
        onChange={({ currentTarget }) => {
          for (const file of currentTarget.files ?? []) void takeFile(file);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
