import { useState } from 'preact/hooks';

const SAID_MS = 1500;

/** A line to copy into a terminal. */
export function CopyLine({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), SAID_MS);
    });
  };
  return (
    <span class="actions">
      <code>{text}</code>
      <button type="button" class="button quiet" onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
