import { useMemo } from 'preact/hooks';
import type { LiveCircuit, LiveLayer } from '../../../common/contract/live.js';
import { integersOf } from '../../../common/int32-bytes.js';
import { whole } from '../../parts/format.js';
import { DotCanvas } from './dots.js';
import { layerDots } from './layer-dots.js';
import { answer, wantsLayers, witness } from './session.js';

const STRIP_DOT_PIXELS = 9;

/** The values behind every layer, from the input to the class: the simulator's, and the device's where it tells them. */
export function Layers({ circuit: { layers } }: { readonly circuit: LiveCircuit }) {
  const { simulator, device, tellsLayers } = answer.value ?? {};
  return (
    <section class="layers" aria-label="Layers">
      <header>
        <h2>Layer by layer</h2>
        <label class="muted">
          <input
            type="checkbox"
            checked={wantsLayers.value}
            onChange={({ currentTarget }) => (wantsLayers.value = currentTarget.checked)}
          />
          show
        </label>
        {wantsLayers.value && tellsLayers === false && witness.value && (
          <span class="muted">
            The firmware of {witness.value.name} tells no layers: it is older, or built to tell the class alone.
          </span>
        )}
      </header>
      {wantsLayers.value && (
        <ol>
          {layers.map((layer, index) => (
            <LayerRow
              key={index}
              index={index}
              layer={layer}
              simulator={simulator?.layers?.[index]}
              device={device?.layers?.[index]}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

const sizeOf = ({ shape: [height, width, channels], isBinary }: LiveLayer): string => {
  const values = isBinary ? 'bits' : 'integers';
  return height * width === 1 ? `${whole(channels)} ${values}` : `${channels} × ${height} × ${width} ${values}`;
};

function LayerRow({
  index,
  layer,
  simulator,
  device,
}: {
  readonly index: number;
  readonly layer: LiveLayer;
  readonly simulator: Uint8Array | undefined;
  readonly device: Uint8Array | undefined;
}) {
  const [ours, theirs] = useMemo(
    () => [simulator && integersOf(simulator), device && integersOf(device)],
    [simulator, device],
  );
  const pictures = useMemo(
    () => ({
      simulator: ours && layerDots(layer, ours, theirs),
      device: theirs && layerDots(layer, theirs, ours),
    }),
    [layer, ours, theirs],
  );
  const differing = ours && theirs ? theirs.filter((value, place) => value !== ours[place]).length : 0;
  const isStrip = layer.shape[0] * layer.shape[1] === 1;
  const size = isStrip ? { dotPixels: STRIP_DOT_PIXELS } : {};
  return (
    <li class={differing > 0 ? 'differs' : ''}>
      <p>
        <b>
          {index} {layer.kind}
        </b>
        <span class="muted">{sizeOf(layer)}</span>
        {theirs && (
          <span class={differing > 0 ? 'sign bad' : 'muted'}>{differing > 0 ? `≠ ${whole(differing)}` : '='}</span>
        )}
      </p>
      <div class={isStrip ? 'strips' : 'maps'}>
        {pictures.device && (
          <>
            <span class="muted">device</span>
            <DotCanvas dots={pictures.device} label={`Layer ${index}, device`} {...size} />
            <span class="muted">simulator</span>
          </>
        )}
        {pictures.simulator && <DotCanvas dots={pictures.simulator} label={`Layer ${index}, simulator`} {...size} />}
      </div>
    </li>
  );
}
