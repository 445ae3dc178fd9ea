/** A bar that fills from the left; `share` goes from 0 to 1. */
export const Bar = ({ share, label }: { readonly share: number; readonly label: string }) => (
  <div
    class="bar"
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={Math.round(100 * share)}
  >
    <i style={{ transform: `scaleX(${share})` }} />
  </div>
);
