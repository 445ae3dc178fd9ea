import type { AboutDevice, Slot } from '../../common/contract/devices.js';
import { bytes } from './format.js';

/** A bitstream on its way into a slot. */
export interface Coming {
  readonly slot: number;
  readonly totalBytes: number;
  readonly doneBytes: number;
}

const WIDTH = 1000;
const HEIGHT = 56;

/** The flash of a device to scale: the program, the slots with what they hold, and what is about to be written. */
export function FlashMap({ about, coming }: { readonly about: AboutDevice; readonly coming?: Coming | undefined }) {
  const { slots, slotBytes, activeSlot } = about;
  const slotsFrom = about.slotsFrom ?? 0;
  const all = about.flashBytes ?? slotsFrom + slots.length * slotBytes;
  const x = (byte: number): number => (WIDTH * byte) / all;
  const from = (slot: number): number => slotsFrom + slot * slotBytes;
  const held = ({ slot, totalBytes, state }: Slot) =>
    state === 'empty' ? null : (
      <rect
        class={slot === activeSlot ? 'active' : 'held'}
        x={x(from(slot))}
        y={1}
        width={Math.max(1, x(totalBytes))}
        height={HEIGHT - 2}
      />
    );
  return (
    <figure class="flash-map">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label="Flash of the device">
        <rect x={0} y={1} width={WIDTH} height={HEIGHT - 2} />
        {slotsFrom > 0 && <rect class="program" x={0} y={1} width={x(slotsFrom)} height={HEIGHT - 2} />}
        {slots.map(({ slot }) => (
          <rect key={slot} x={x(from(slot))} y={1} width={x(slotBytes)} height={HEIGHT - 2} />
        ))}
        {slots.filter(({ slot }) => slot !== coming?.slot || coming.doneBytes === 0).map(held)}
        {coming && (
          <>
            <rect
              class="active slot-fill"
              x={x(from(coming.slot))}
              y={1}
              width={x(coming.doneBytes)}
              height={HEIGHT - 2}
            />
            <rect class="coming" x={x(from(coming.slot))} y={1} width={x(coming.totalBytes)} height={HEIGHT - 2} />
          </>
        )}
      </svg>
      <figcaption>
        {slotsFrom > 0 && (
          <span>
            <i class="swatch program" />
            program and what is free before the slots, {bytes(slotsFrom)}
          </span>
        )}
        <span>
          <i class="swatch active" />
          runs
        </span>
        <span>
          <i class="swatch held" />
          held
        </span>
        {coming && (
          <span>
            <i class="swatch coming" />
            to be written, {bytes(coming.totalBytes)} into slot {coming.slot}
          </span>
        )}
        <span>
          {slots.length} × {bytes(slotBytes)}
        </span>
      </figcaption>
    </figure>
  );
}
