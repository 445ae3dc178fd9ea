import { call } from '../bridge.js';
import { attempt } from '../state.js';

/** The name of a device, to be changed in place: Enter keeps it, Esc brings the old one back. */
export function Name({ id, name }: { readonly id: string; readonly name: string }) {
  const keep = (field: HTMLInputElement): void => {
    const wanted = field.value.trim();
    if (wanted === '' || wanted === name) field.value = name;
    else void attempt(() => call('renameDevice', { device: id, name: wanted }));
  };
  return (
    <input
      id="device-name"
      class="name-field"
      value={name}
      maxLength={60}
      spellcheck={false}
      onBlur={({ currentTarget }) => keep(currentTarget)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape') currentTarget.value = name;
        if (key === 'Enter' || key === 'Escape') currentTarget.blur();
      }}
    />
  );
}
