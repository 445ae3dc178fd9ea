import type { LibraryEntry, WatchedFile } from '../../../common/contract/library.js';
import { bytes, clock, short, whole } from '../../parts/format.js';
import { OpenBitstreams } from '../../parts/open-bitstreams.js';
import { isKnown, library, watchedFiles } from '../../state.js';
import { picked, selected } from './selection.js';

/** The bitstreams to choose from, the newest first. */
export const Bitstreams = () => (
  <section class="bitstreams" aria-label="Bitstream">
    <header>
      <h2>Bitstream</h2>
      <OpenBitstreams />
    </header>
    {library.value.length === 0 ? (
      <p class="muted">
        {isKnown.value.library ? (
          <>
            None yet. Drop a .abit file anywhere, or open one. <code>adiabit demo</code> makes one, and Train does.
          </>
        ) : (
          'Reading the list …'
        )}
      </p>
    ) : (
      <ul>
        {library.value.map((entry) => (
          <li key={entry.id}>
            <Choice entry={entry} />
          </li>
        ))}
      </ul>
    )}
    {watchedFiles.value.map((file) => (
      <Watched key={file.path} file={file} />
    ))}
  </section>
);

const Choice = ({ entry: { id, fileName, bytes: size, network, addedMs } }: { readonly entry: LibraryEntry }) => (
  <label class="choice">
    <input type="radio" name="bitstream" checked={id === selected.value?.id} onChange={() => (picked.value = id)} />
    <span class="name">
      {network.name} <span class="muted">{fileName}</span>
    </span>
    <span class="number">{bytes(size)}</span>
    <span class="muted network">
      {whole(network.inputs)} × {network.inputBits} bit → {whole(network.outputs)}, {network.layers}{' '}
      {network.layers === 1 ? 'layer' : 'layers'}
    </span>
    <code class="muted" title={`SHA-256 ${id}`}>
      {short(id)}
    </code>
    <span class="muted time">{clock(addedMs).slice(0, 5)}</span>
  </label>
);

/** Says what became of the last change of a watched file. */
function Watched({ file: { path, changedMs, error } }: { readonly file: WatchedFile }) {
  const name = path.split(/[\\/]/).at(-1);
  const at = changedMs === undefined ? undefined : clock(changedMs).slice(0, 8);
  return (
    <p class={`watched ${error ? 'bad' : 'muted'}`} role="status" title={path}>
      {error && <span class="sign">✕ </span>}
      {name}:{' '}
      {error
        ? `${at === undefined ? '' : `changed ${at}, not reloaded. `}${error.message} It is read again when it changes.`
        : at === undefined
          ? 'reloaded when it changes'
          : `changed ${at}, reload done`}
    </p>
  );
}
