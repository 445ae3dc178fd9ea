import { useState } from 'preact/hooks';
import type { LiveCircuit } from '../../../common/contract/live.js';
import { InputPicture } from './input-picture.js';
import { answer, show } from './session.js';

const numbersIn = (text: string): readonly number[] => {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/[\s,;]+/).map(Number);
};

/** Takes a row of numbers, typed or pasted. */
export function RowPanel({ circuit: { input } }: { readonly circuit: LiveCircuit }) {
  const [text, setText] = useState('');
  const most = 2 ** input.bits - 1;
  const wanted = `${input.count} whole numbers from 0 to ${most}`;
  const isWrong = (value: number): boolean => !Number.isInteger(value) || value < 0 || value > most;
  const numbers = numbersIn(text);
  const wrong = numbers.findIndex(isWrong);
  const typed = (now: string): void => {
    setText(now);
    const values = numbersIn(now);
    if (values.length === input.count && !values.some(isWrong)) {
      show({ name: 'typed numbers', values: Uint8Array.from(values) });
    }
  };
  const shown = answer.value?.input;
  return (
    <>
      {shown ? <InputPicture input={input} values={shown.values} /> : <span class="dots strip none" />}
      <textarea
        class="field numbers"
        aria-label={wanted}
        placeholder={wanted}
        spellcheck={false}
        rows={4}
        value={text}
        onInput={({ currentTarget }) => typed(currentTarget.value)}
      />
      <p class="note" role="status">
        {wrong < 0
          ? `${numbers.length} of ${input.count} numbers`
          : `Number ${wrong + 1} is none from 0 to ${most}. Correct it.`}
      </p>
    </>
  );
}
