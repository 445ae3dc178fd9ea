import type { Port } from '../netlist/netlist.js';

/** A vector of nets to record. A dot in the name opens a scope. */
export type TracedSignal = Pick<Port, 'name' | 'nets'>;

/** The simulated nanoseconds per clock cycle in the file. Waveforms have no other notion of a cycle. */
export const NANOSECONDS_PER_CYCLE = 10;

/**
 * Writes a Value Change Dump (IEEE 1364-2005, clause 18): a clock and the signals, changes only.
 * Call `sample` once per cycle with settled nets, then `end`.
 */
export class VcdWriter {
  readonly #lines: string[] = [];
  readonly #last: string[];
  #cycle = 0;

  readonly #signals: readonly TracedSignal[];

  constructor(title: string, signals: readonly TracedSignal[]) {
    this.#signals = signals;

    this.#last = signals.map(() => '');
    this.#lines.push(
      `$comment ${title.replace(/[$\s]+/g, ' ')} $end`,
      '$timescale 1ns $end',
      '$scope module circuit $end',
    );
    this.#lines.push(`$var wire 1 ${identifier(0)} clk $end`);
    this.#declare(signals.map((signal, index) => ({ path: signal.name.split('.'), width: signal.nets.length, index })));
    this.#lines.push('$upscope $end', '$enddefinitions $end');
  }

  /** Records one cycle; `values[net]` is 0 or 1. The clock rises at its start. */
  sample(values: Uint8Array): void {
    this.#lines.push(`#${this.#cycle * NANOSECONDS_PER_CYCLE}`, `1${identifier(0)}`);
    this.#signals.forEach(({ nets }, index) => {
      const bits = Array.from(nets, (net) => values[net])
        .reverse()
        .join('');
      if (bits === this.#last[index]) return;
      this.#last[index] = bits;
      const id = identifier(index + 1);
      this.#lines.push(nets.length === 1 ? `${bits}${id}` : `b${bits} ${id}`);
    });
    this.#lines.push(`#${this.#cycle * NANOSECONDS_PER_CYCLE + NANOSECONDS_PER_CYCLE / 2}`, `0${identifier(0)}`);
    this.#cycle++;
  }

  end(): string {
    this.#lines.push(`#${this.#cycle * NANOSECONDS_PER_CYCLE}`);
    return this.#lines.join('\n') + '\n';
  }

  /** Declares variables, opening a scope for each first part of a path. */
  #declare(entries: readonly { path: readonly string[]; width: number; index: number }[]): void {
    const scopes = new Map<string, { path: readonly string[]; width: number; index: number }[]>();
    for (const entry of entries) {
      const [head, ...rest] = entry.path;
      if (rest.length === 0) {
        const range = entry.width > 1 ? ` [${entry.width - 1}:0]` : '';
        this.#lines.push(`$var wire ${entry.width} ${identifier(entry.index + 1)} ${head}${range} $end`);
      } else {
        const scope = scopes.get(head) ?? [];
        scope.push({ ...entry, path: rest });
        scopes.set(head, scope);
      }
    }
    for (const [name, inner] of scopes) {
      this.#lines.push(`$scope module ${name} $end`);
      this.#declare(inner);
      this.#lines.push('$upscope $end');
    }
  }
}

/** Makes short printable names: base 94 from "!" to "~". */
function identifier(index: number): string {
  const digit = String.fromCharCode(33 + (index % 94));
  return index < 94 ? digit : identifier(Math.floor(index / 94) - 1) + digit;
}
