import type { AboutDevice, Slot } from '../../common/contract/devices.js';
import { bytes } from './format.js';

/** A bitstream on its way into a slot. */
export interface Coming {
  readonly slot: number;
  readonly totalBytes: number;
  readonly doneBytes: number;
  /** Whether what the slot held before is gone. */
  readonly isErased: boolean;
}

const WIDTH = 1000;
const HEIGHT = 56;

/** The flash of a device to scale: the program, the slots with what they hold and their records, and what is about to be written. */
export function FlashMap({ about, coming }: { readonly about: AboutDevice; readonly coming?: Coming | undefined }) {
  const { slots, slotBytes, activeSlot, slotsIn } = about;
  const slotsFrom = about.slotsFrom ?? 0;
  const apart = about.slotRegionBytes ?? slotBytes;
  const slotsTo = slotsFrom + slots.length * apart;
  const all = about.flashBytes ?? slotsTo;
  const x = (byte: number): number => (WIDTH * byte) / all;
  const from = (slot: number): number => slotsFrom + slot * apart;
  const area = (kind: string, fromByte: number, length: number) => (
    <rect class={kind} x={x(fromByte)} y={1} width={x(length)} height={HEIGHT - 2} />
  );
  const held = ({ slot, totalBytes, state }: Slot) =>
    state === 'empty' || (slot === coming?.slot && coming.isErased)
      ? null
      : area(slot === activeSlot ? 'active' : 'held', from(slot), Math.max(totalBytes, all / WIDTH));
  return (
    <figure class="flash-map">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={describe(about, coming)}
      >
        {area('free', 0, all)}
        {slotsFrom > 0 && area('program', 0, slotsFrom)}
        {slots.map(({ slot }) => (
          <g key={slot}>
            {area('slot', from(slot), slotBytes)}
            {apart > slotBytes && area('record', from(slot) + slotBytes, apart - slotBytes)}
          </g>
        ))}
        {slots.map(held)}
        {coming && (
          <>
            {area('active slot-fill', from(coming.slot), coming.doneBytes)}
            {area('coming', from(coming.slot), coming.totalBytes)}
          </>
        )}
      </svg>
      <div class="slot-names" aria-hidden="true">
        {slots.map(({ slot }) => (
          <span key={slot} style={{ left: `${x(from(slot)) / 10}%`, width: `${x(apart) / 10}%` }}>
            slot {slot}
          </span>
        ))}
      </div>
      <figcaption>
        {slotsFrom > 0 && <Key kind="program">program, and free before the slots, {bytes(slotsFrom)}</Key>}
        {activeSlot !== undefined && <Key kind="active">runs</Key>}
        <Key kind="held">held</Key>
        {apart > slotBytes && <Key kind="record">record, {bytes(apart - slotBytes)}</Key>}
        {coming && (
          <Key kind="coming">
            to be written, {bytes(coming.totalBytes)} into slot {coming.slot}
          </Key>
        )}
        <span>
          {slots.length} × {bytes(slotBytes)}
          {slotsIn === 'ram' && ' in RAM, because this emulator cannot write flash'}
          {about.flashBytes !== undefined && ` of ${bytes(about.flashBytes)}`}
          {about.slotRegionBytes === undefined && ', side by side: where they lie in this board is not known'}
        </span>
      </figcaption>
    </figure>
  );
}

const Key = ({ kind, children }: { readonly kind: string; readonly children: preact.ComponentChildren }) => (
  <span>
    <i class={`swatch ${kind}`} />
    {children}
  </span>
);

function describe({ slots, activeSlot, slotsIn }: AboutDevice, coming: Coming | undefined): string {
  const words = slots.map(({ slot, state, totalBytes }) =>
    state === 'empty'
      ? `slot ${slot} empty`
      : `slot ${slot} ${slot === activeSlot ? 'runs' : 'holds'} ${bytes(totalBytes)}`,
  );
  const next = coming ? [`${bytes(coming.totalBytes)} to come into slot ${coming.slot}`] : [];
  return `${slotsIn === 'ram' ? 'RAM' : 'Flash'} of the device: ${[...words, ...next].join(', ')}`;
}
