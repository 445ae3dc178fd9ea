import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CircuitInput, LiveCircuit } from '../../../common/contract/live.js';
import { InputPicture } from './input-picture.js';
import { centred, scaled, type Grey } from './raster.js';
import { answer, show } from './session.js';

/** Pixels of the pad's longer side. */
const PAD_PIXELS = 280;
/** The pen is as wide as the strokes of MNIST: a twelfth of the picture. */
const PEN = PAD_PIXELS / 12;

/** Whether what is drawn is placed as MNIST's digits are. */
const centres = signal(true);

/** Draws with a pen on a pad; what comes of it is shown to the network as it is drawn. */
export function DrawPad({ circuit: { input } }: { readonly circuit: LiveCircuit }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [erases, setErases] = useState(false);
  const [height, width] = input.shape;
  const size = PAD_PIXELS / Math.max(width, height);
  const pen = usePen(canvas, erases, () => canvas.current && show(drawn(canvas.current, input)));
  useEffect(() => {
    if (canvas.current && answer.peek()?.input.name === 'drawing') show(drawn(canvas.current, input));
  }, [centres.value]);
  const clear = (): void => {
    const pad = canvas.current!;
    pen.context().clearRect(0, 0, pad.width, pad.height);
    show(drawn(pad, input));
  };
  return (
    <>
      <canvas
        ref={canvas}
        class="pad"
        width={Math.round(width * size)}
        height={Math.round(height * size)}
        role="img"
        aria-label="Drawing pad: draw with the mouse, a pen or a finger"
        {...pen.handlers}
      />
      <div class="actions">
        <div class="segmented" role="group" aria-label="Pen">
          <button type="button" aria-pressed={!erases} onClick={() => setErases(false)}>
            Pen
          </button>
          <button type="button" aria-pressed={erases} onClick={() => setErases(true)}>
            Eraser
          </button>
        </div>
        <button type="button" class="button" onClick={clear}>
          Clear
        </button>
      </div>
      <div class="as-seen">
        {answer.value?.input.name === 'drawing' ? (
          <InputPicture input={input} values={answer.value.input.values} />
        ) : (
          <span class="dots picture none" />
        )}
        <p>
          What the network gets.
          {input.isDigits && (
            <label>
              <input
                type="checkbox"
                checked={centres.value}
                onChange={({ currentTarget }) => (centres.value = currentTarget.checked)}
              />
              Placed as in MNIST: 20 pixels high or wide, centre of mass in the middle
            </label>
          )}
        </p>
      </div>
    </>
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Draws lines on a pad while a pointer is down. */
function usePen(pad: { readonly current: HTMLCanvasElement | null }, erases: boolean, onInk: () => void) {
  const last = useRef<Place | undefined>(undefined);
  const frame = useRef(0);
  const context = (): CanvasRenderingContext2D => pad.current!.getContext('2d', { willReadFrequently: true })!;
  const place = ({ clientX, clientY }: PointerEvent): Place => {
    const box = pad.current!.getBoundingClientRect();
    const { width, height } = pad.current!;
    return { x: ((clientX - box.left) * width) / box.width, y: ((clientY - box.top) * height) / box.height };
  };
  const draw = (event: PointerEvent): void => {
    const events = event.getCoalescedEvents();
    const ink = context();
    ink.lineWidth = erases ? 2 * PEN : PEN;
    ink.lineCap = ink.lineJoin = 'round';
    ink.strokeStyle = 'white';
    ink.globalCompositeOperation = erases ? 'destination-out' : 'source-over';
    ink.beginPath();
    ink.moveTo(last.current!.x, last.current!.y);
    for (const one of events.length === 0 ? [event] : events) {
      const to = place(one);
      ink.lineTo(to.x, to.y);
      last.current = to;
    }
    ink.stroke();
    // Several strokes of one frame are one picture.
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(onInk);
  };
  return {
    context,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        pad.current!.setPointerCapture(event.pointerId);
        last.current = place(event);
        draw(event);
      },
      onPointerMove: (event: PointerEvent) => {
        if (last.current) draw(event);
      },
      onPointerUp: () => (last.current = undefined),
      onPointerCancel: () => (last.current = undefined),
    },
  };
}

/** Makes the input of what is on the pad. Ink is the largest value, the ground 0, as in MNIST. */
function drawn(pad: HTMLCanvasElement, { shape: [height, width], bits, isDigits }: CircuitInput) {
  const { data } = pad.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, pad.width, pad.height);
  const drawing: Grey = {
    width: pad.width,
    height: pad.height,
    // The ink is white where it is opaque.
    values: Uint8Array.from({ length: pad.width * pad.height }, (_, pixel) => data[4 * pixel + 3]),
  };
  const place = isDigits && centres.peek() ? centred : scaled;
  return { name: 'drawing', values: place(drawing, width, height).map((value) => value >> (8 - bits)) };
}
