import { useEffect, useRef } from 'preact/hooks';
import { paint, type Dots } from './paint.js';

/** A canvas with a dot for each value, painted once a frame at most. */
export function DotCanvas({
  dots,
  label,
  class: name = '',
}: {
  readonly dots: Dots;
  readonly label: string;
  readonly class?: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const frame = requestAnimationFrame(() => canvas.current && paint(canvas.current, dots));
    return () => cancelAnimationFrame(frame);
  }, [dots]);
  return <canvas ref={canvas} class={`dots ${name}`} role="img" aria-label={label} />;
}
