import { useEffect, useRef } from 'preact/hooks';
import { paint, type Dots } from './paint.js';

/**
 * A canvas with a dot for each value, painted once a frame at most.
 * @param props.dotPixels the width of a dot. If absent, the style says how wide the canvas is.
 */
export function DotCanvas({
  dots,
  label,
  class: name = '',
  dotPixels,
}: {
  readonly dots: Dots;
  readonly label: string;
  readonly class?: string;
  readonly dotPixels?: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const frame = requestAnimationFrame(() => canvas.current && paint(canvas.current, dots));
    return () => cancelAnimationFrame(frame);
  }, [dots]);
  const style = dotPixels === undefined ? {} : { width: `${dotPixels * dots.width}px` };
  return <canvas ref={canvas} class={`dots ${name}`} style={style} role="img" aria-label={label} />;
}
