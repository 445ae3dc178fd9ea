import { useState } from 'preact/hooks';
import type { LiveCircuit } from '../../../common/contract/live.js';
import { MAX_FILE_BYTES } from '../../../common/limits.js';
import { call } from '../../bridge.js';
import { bytes } from '../../parts/format.js';
import { attempt, report } from '../../state.js';
import { InputPicture } from './input-picture.js';
import { answer, show, subject } from './session.js';

/** Loads a picture or a sound from a file. */
export function FilePanel({ circuit: { input } }: { readonly circuit: LiveCircuit }) {
  const [name, setName] = useState<string>();
  const isPicture = input.kind === 'picture';
  const load = async (file: File): Promise<void> => {
    if (file.size > MAX_FILE_BYTES) {
      const message = `${file.name} has ${bytes(file.size)}; at most ${bytes(MAX_FILE_BYTES)} are read. Choose a smaller file.`;
      report({ code: 'app.bad-request', message, details: {} });
      return;
    }
    const entry = subject.value?.id;
    if (entry === undefined) return;
    const values = await attempt(async () =>
      call('inputFromFile', { entry, fileName: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }),
    );
    if (values === undefined) return;
    setName(file.name);
    show({ name: file.name, values });
  };
  const shown = answer.value?.input;
  return (
    <>
      {shown ? <InputPicture input={input} values={shown.values} /> : <span class="dots picture none" />}
      <label class="button file">
        Choose a {isPicture ? 'PNG or JPEG' : 'WAV'} …
        <input
          class="visually-hidden"
          type="file"
          accept={isPicture ? 'image/png,image/jpeg' : '.wav,audio/wav'}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            currentTarget.value = '';
            if (file) void load(file);
          }}
        />
      </label>
      <p class="note">
        {name === undefined ? '' : `${name}, `}
        {isPicture
          ? 'scaled by averaging, made grey if the network takes grey'
          : 'resampled to the rate of the network'}
      </p>
    </>
  );
}
