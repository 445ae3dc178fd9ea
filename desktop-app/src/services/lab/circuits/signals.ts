import { AppError } from '@adiabit/simulator/errors';
import type { Netlist } from '@adiabit/simulator/netlist';
import type { SignalName } from '../../../common/contract/circuits.js';
import type { Vector } from './recording.js';

const NET = /^n(\d{1,9})$/;
const BIT = /^(.+)\[(\d{1,9})\]$/;

/** The signals of a circuit by name: ports, probes, any bit of these, and any net by its number. */
export class SignalIndex {
  readonly #netlist: Netlist;
  readonly #named = new Map<string, Vector>();

  constructor(netlist: Netlist) {
    this.#netlist = netlist;
    for (const port of [...netlist.inputs, ...netlist.outputs, ...netlist.probes]) this.#named.set(port.name, port);
  }

  /** All ports of the circuit. */
  get ports(): readonly Vector[] {
    return [...this.#netlist.inputs, ...this.#netlist.outputs];
  }

  /** Finds the signals whose names hold all words, in the order of the circuit. */
  search(text: string, limit: number): { readonly total: number; readonly signals: readonly SignalName[] } {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [...this.#named.values()].filter(({ name }) =>
      words.every((word) => name.toLowerCase().includes(word)),
    );
    const net = words.length === 1 ? this.#net(words[0]) : undefined;
    const all = net === undefined ? found : [net, ...found];
    return {
      total: all.length,
      signals: all.slice(0, limit).map(({ name, nets, signed }) => ({ name, width: nets.length, signed })),
    };
  }

  /** @throws AppError `app.not-found` for a name that there is not */
  vector(name: string): Vector {
    const found = this.#named.get(name) ?? this.#net(name);
    if (found) return found;
    throw new AppError('not-found', `The circuit has no signal "${name}". Search for one by a part of its name.`, {
      name,
    });
  }

  /** A net by its number, or a bit of a signal. */
  #net(name: string): Vector | undefined {
    const bit = BIT.exec(name);
    const net =
      bit === null ? Number(NET.exec(name)?.[1] ?? -1) : (this.#named.get(bit[1])?.nets.at(Number(bit[2])) ?? -1);
    if (net < 0 || net >= this.#netlist.netCount) return undefined;
    return { name, nets: Int32Array.of(net), signed: false };
  }
}
