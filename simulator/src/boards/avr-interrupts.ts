import type { CPU } from 'avr8js';

/**
 * When an interrupt is served. The emulator serves one behind any instruction that leaves them enabled. The rules are in
 * the data sheets' "Reset and Interrupt Handling".
 */
const SREG = 0x5f;
const SREG_I = 0x80;
const SEI = 0x9478;
const RETI = 0x9518;
/** A response takes four cycles, or five where the return address has three bytes. The emulator counts two of them. */
const MISSING_RESPONSE_CYCLES = { two: 2, three: 3 } as const;
/** What a sleeping core takes more. */
const WAKE_CYCLES = 4;

/** Serves the interrupts of a core as the chip does. */
export class Interrupts {
  readonly #cpu: CPU;
  readonly #missingCycles: number;

  constructor(cpu: CPU) {
    this.#cpu = cpu;
    this.#missingCycles = MISSING_RESPONSE_CYCLES[cpu.pc22Bits ? 'three' : 'two'];
  }

  /** Whether the instruction about to run may be followed by an interrupt. */
  mayFollow(instruction: number): boolean {
    // One more instruction runs behind SEI and RETI. The same holds for any other that sets I (OUT, STS, ST): avr-gcc
    // moves the stack pointer with `out SPH; out SREG; out SPL`, and `sei; sleep` counts on it, too.
    return (this.#cpu.data[SREG] & SREG_I) !== 0 && instruction !== SEI && instruction !== RETI;
  }

  /** Lets time pass behind an instruction, and serves the interrupt that comes first if one may follow. */
  pass(mayFollow: boolean): boolean {
    const cpu = this.#cpu;
    const { data, cycles } = cpu;
    if (mayFollow) {
      cpu.tick();
      if (cpu.cycles === cycles) return false; // events of the clock take no cycles, a response does
      cpu.cycles += this.#missingCycles;
      return true;
    }
    const enabled = data[SREG] & SREG_I;
    data[SREG] &= ~SREG_I;
    cpu.tick();
    data[SREG] |= enabled;
    return false;
  }

  /** The same for a core that sleeps: only an interrupt that is served wakes it. */
  wakes(): boolean {
    if (!this.pass(true)) return false;
    this.#cpu.cycles += WAKE_CYCLES;
    return true;
  }
}
