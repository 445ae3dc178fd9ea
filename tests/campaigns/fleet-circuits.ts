import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest } from '@adiabit/simulator/bitstream';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import type { FleetCircuit } from './fleet-devices.js';

/** Makes the circuit that a fleet has, and the one that it gets. */
export function fleetCircuits(): { readonly before: FleetCircuit; readonly after: FleetCircuit } {
  const next = repeatableNumbers(22);
  const make = (widths: readonly number[]): FleetCircuit => {
    const circuit = sampleCircuit(next, { widths, inputBits: 8, goldenVectors: 4 });
    return { ...circuit, digest: toHex(bitstreamDigest(circuit.bytes)) };
  };
  return { before: make([100, 40, 10]), after: make([200, 64, 10]) };
}
