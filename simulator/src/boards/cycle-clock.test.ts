import { describe, expect, it } from 'vitest';
import { CycleClock } from './cycle-clock.js';

describe('CycleClock', () => {
  const start = () => {
    const time = { cycles: 0, scheduled: 0 };
    const clock = new CycleClock(
      125e6,
      () => time.cycles,
      () => time.scheduled++,
    );
    return { time, clock };
  };

  it('reads time off the cycle counter', () => {
    const { time, clock } = start();
    time.cycles = 125;
    expect(clock.nanos).toBe(1000);
    expect(clock.micros).toBe(1);
  });

  it('fires an alarm at its cycle, once, and not before', () => {
    const { time, clock } = start();
    let fired = 0;
    clock.createAlarm(() => fired++).schedule(80);
    expect(time.scheduled).toBe(1);
    expect(clock.nextAlarm).toBe(10);
    time.cycles = 9;
    clock.fire();
    expect(fired).toBe(0);
    time.cycles = 10;
    clock.fire();
    clock.fire();
    expect(fired).toBe(1);
    expect(clock.nextAlarm).toBe(Infinity);
  });

  it('keeps two alarms with the same callback apart, and forgets cancelled ones', () => {
    const { time, clock } = start();
    let fired = 0;
    const callback = () => fired++;
    const one = clock.createAlarm(callback);
    const two = clock.createAlarm(callback);
    one.schedule(8);
    two.schedule(16);
    one.cancel();
    expect(clock.nextAlarm).toBe(2);
    time.cycles = 100;
    clock.fire();
    expect(fired).toBe(1);
  });

  it('lets an alarm schedule itself again', () => {
    const { time, clock } = start();
    const at: number[] = [];
    const alarm = clock.createAlarm(() => {
      at.push(time.cycles);
      alarm.schedule(80);
    });
    alarm.schedule(80);
    for (time.cycles = 0; time.cycles <= 30; time.cycles++) clock.fire();
    expect(at).toEqual([10, 20, 30]);
  });
});
