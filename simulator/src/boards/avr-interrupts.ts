import type { CPU } from 'avr8js';

/**
 * When an interrupt is served. The emulator serves one behind any instruction that leaves them enabled. The rules are in
 * the data sheets' "Reset and Interrupt Handling".
 */
const SREG = 0x5f;
const SREG_I = 0x80;
const SEI = 0x9478;
const RETI = 0x9518;
/**
 * Cycles of an interrupt response that the emulator does not count. A response takes four cycles, or five if the return
 * address has three bytes. The emulator counts two of them.
 */
const MISSING_RESPONSE_CYCLES = { two: 2, three: 3 } as const;
/** Additional cycles of a response if the core sleeps. */
const WAKE_CYCLES = 4;

/** Serves the interrupts of a core as the chip does. */
export class Interrupts {
  readonly #cpu: CPU;
  readonly #missingCycles: number;

  constructor(cpu: CPU) {
    this.#cpu = cpu;
    this.#missingCycles = MISSING_RESPONSE_CYCLES[cpu.pc22Bits ? 'three' : 'two'];
  }

  /** Tells whether an interrupt may follow the instruction that runs next. */
  mayFollow(instruction: number): boolean {
    // One more instruction runs after SEI and RETI. The same holds for any other instruction that sets I (OUT, STS,
    // ST): avr-gcc moves the stack pointer with `out SPH; out SREG; out SPL`, and `sei; sleep` relies on it, too.
    return (this.#cpu.data[SREG] & SREG_I) !== 0 && instruction !== SEI && instruction !== RETI;
  }

  /** Advances time after an instruction, and serves the first interrupt if one may follow. */
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

  /** Advances time while the core sleeps. Only an interrupt that is served wakes it. */
  wakes(): boolean {
    if (!this.pass(true)) return false;
    this.#cpu.cycles += WAKE_CYCLES;
    return true;
  }
}
