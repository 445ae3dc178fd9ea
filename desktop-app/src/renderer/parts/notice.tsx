import type { ComponentChildren } from 'preact';

const SIGNS = { good: '✓', warn: '!', bad: '✕' } as const;

/** Says how something stands: a sign, the words, and what can be done. */
export const Notice = ({
  kind,
  children,
  action,
}: {
  readonly kind: keyof typeof SIGNS;
  readonly children: ComponentChildren;
  readonly action?: ComponentChildren;
}) => (
  <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
    <span class="sign" aria-hidden="true">
      {SIGNS[kind]}
    </span>
    <div>{children}</div>
    {action}
  </div>
);
