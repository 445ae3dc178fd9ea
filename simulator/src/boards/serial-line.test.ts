import { describe, expect, it } from 'vitest';
import { SerialLine } from './serial-line.js';

const BYTE_CYCLES = 100;

const start = () => {
  const state = { now: 0, ready: true, received: [] as [byte: number, at: number][] };
  const line = new SerialLine(BYTE_CYCLES, () => state.now, {
    ready: () => state.ready,
    take: (byte) => state.received.push([byte, state.now]),
  });
  /** Lets time pass from event to event, as a sleeping core does. */
  const settle = (limit = 10_000): void => {
    while (line.nextEvent <= limit) {
      state.now = line.nextEvent;
      line.advance();
    }
  };
  return { state, line, settle };
};

describe('SerialLine', () => {
  it('brings every byte ten bit times after the one before', () => {
    const { state, line, settle } = start();
    state.now = 50;
    line.write(Uint8Array.of(1, 2));
    line.write(Uint8Array.of(3));
    settle();
    expect(state.received).toEqual([
      [1, 150],
      [2, 250],
      [3, 350],
    ]);
  });

  it('starts counting anew after a pause', () => {
    const { state, line, settle } = start();
    line.write(Uint8Array.of(1));
    settle();
    state.now = 5000;
    line.write(Uint8Array.of(2));
    settle();
    expect(state.received).toEqual([
      [1, 100],
      [2, 5100],
    ]);
  });

  it('holds bytes while nobody takes them, and loses none', () => {
    const { state, line, settle } = start();
    state.ready = false;
    line.write(Uint8Array.of(1, 2, 3));
    settle(1000);
    expect(state.received).toEqual([]);
    state.ready = true;
    settle();
    expect(state.received.map(([byte]) => byte)).toEqual([1, 2, 3]);
  });

  it('sends at the line rate too, and knows how much is left', () => {
    const { state, line, settle } = start();
    line.transmit(7);
    line.transmit(8);
    expect(line.transmitterBacklog).toBe(2);
    expect(line.takeDelivered()).toEqual(new Uint8Array(0));
    settle(100);
    expect(line.takeDelivered()).toEqual(Uint8Array.of(7));
    expect(line.transmitterBacklog).toBe(1);
    settle();
    expect(state.now).toBe(200);
    expect(line.takeDelivered()).toEqual(Uint8Array.of(8));
    expect(line.transmitting).toBe(false);
  });

  it('forgets what a chip without power was sending, and what was on its way to it', () => {
    const { line } = start();
    line.transmit(7);
    line.write(Uint8Array.of(1));
    line.cutReceiver();
    line.restartTime();
    expect(line.nextEvent).toBe(Infinity);
  });
});
