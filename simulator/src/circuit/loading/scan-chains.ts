import { encodeTables, maskStart, tableBytes } from '../../bitstream/tables.js';
import { constantBits, integerBits } from '../../network/counting-layer.js';
import { valuesIn } from '../../network/network.js';
import { unrolledStagesOf } from '../../network/unrolled.js';
import { createBitMatrix } from '../../bits/bit-matrix.js';
import { PORT } from '../unrolled/elaborate.js';
import type { Circuit } from '../circuit.js';
import { cellCode } from '../../netlist/cells.js';
import { NO_NET, findPort, kindOf, type CellTable, type Netlist, type Port } from '../../netlist/netlist.js';
import { SCAN_PORT } from '../scan-port.js';

/** The configuration registers that one frame of the bitstream fills, in the order of the frame's bits. */
export interface ScanChain {
  readonly frame: 'weights' | 'constants' | 'tables';
  /** Whether bits beyond `rowBits` repeat the sign, as those of output offsets do. */
  readonly isSigned: boolean;
  readonly layer: number;
  /** The bits per row of the frame: for weights the inputs, else the width of a constant in the circuit. */
  readonly rowBits: number;
  readonly rows: number;
  /** The frame of a layer of logic: what it says besides the masks has to be the circuit's own routing. */
  readonly routing?: { readonly payload: Uint8Array; readonly rowBytes: number; readonly firstBit: number };
}

/** A circuit whose configuration is in registers that are loaded bit by bit. */
export interface ScanCircuit {
  readonly circuit: Circuit;
  readonly chains: readonly ScanChain[];
}

/**
 * Replaces every configuration cell by a register that keeps its bit or takes its neighbour's: one chain for each frame
 * that holds configuration. The first bit that enters ends up at the far end, so frames are sent unchanged. Latency and
 * outputs stay the same. A reset clears the configuration too, as power-on does.
 */
export function insertScanChains(circuit: Circuit): ScanCircuit {
  const { netlist } = circuit;
  const { cells } = netlist;
  const configurationCells = Array.from({ length: cells.count }, (_, cell) => cell).filter(
    (cell) => kindOf(cells, cell) === 'configuration',
  );
  const chains = chainsOf(circuit);
  const members = chains.map((): number[] => []);
  let position = 0;
  for (let chain = 0; chain < chains.length;) {
    // The rows of weights and constants of a layer alternate. Others have one frame alone.
    const together = chains[chain].frame === 'weights' ? [chain, chain + 1] : [chain];
    for (let row = 0; row < chains[chain].rows; row++) {
      for (const kind of together) {
        for (let bit = 0; bit < chains[kind].rowBits; bit++) members[kind].push(configurationCells[position++]);
      }
    }
    chain += together.length;
  }

  let netCount = netlist.netCount;
  const port = (name: string, width: number): Port => ({
    name,
    signed: false,
    nets: Int32Array.from({ length: width }, () => netCount++),
  });
  const scanIn = port(SCAN_PORT.in, 1);
  const enable = port(SCAN_PORT.enable, chains.length);
  const run = port(SCAN_PORT.run, 1);
  const [start] = findPort(netlist.inputs, PORT.start).nets;
  const started = netCount++;

  const table = extended(cells, configurationCells.length + 1);
  const gated = (nets: Int32Array): Int32Array => nets.map((net) => (net === start ? started : net));
  const { kind, out, carry, group } = table;
  const [a, b, c] = [table.a, table.b, table.c].map(gated);
  let next = cells.count;
  const add = (code: number, operands: readonly [number, number, number], result: number, inGroup: number): void => {
    kind[next] = code;
    [a[next], b[next], c[next]] = operands;
    out[next] = result;
    carry[next] = NO_NET;
    group[next++] = inGroup;
  };
  add(cellCode('and'), [start, run.nets[0], NO_NET], started, 0);
  members.forEach((chain, index) => {
    chain.forEach((cell, at) => {
      const before = at + 1 < chain.length ? cells.out[chain[at + 1]] : scanIn.nets[0];
      const kept = netCount++;
      add(cellCode('mux'), [enable.nets[index], before, cells.out[cell]], kept, cells.group[cell]);
      kind[cell] = cellCode('register');
      a[cell] = kept;
    });
  });
  const scanned: Netlist = {
    ...netlist,
    netCount,
    inputs: [...netlist.inputs, scanIn, enable, run],
    cells: { ...table, a, b, c },
  };
  return { circuit: { ...circuit, netlist: scanned, configuration: createBitMatrix(1, 0) }, chains };
}

/** Lists the chains: per layer that of its weights or masks, if it has any, then that of its thresholds or offsets. */
function chainsOf({ network }: Circuit): ScanChain[] {
  return unrolledStagesOf(network).flatMap((stage): ScanChain[] => {
    const { layer } = stage;
    switch (stage.kind) {
      case 'thermometer': {
        const rows = stage.thermometer.activation.thresholds.length;
        return [{ frame: 'constants', isSigned: false, layer, rowBits: network.input.bits, rows }];
      }
      case 'logic': {
        const { masks, tableInputs, inputShape } = stage.logic;
        const rowBytes = tableBytes(tableInputs, valuesIn(inputShape));
        const firstBit = 8 * maskStart(tableInputs, valuesIn(inputShape));
        const routing = { payload: encodeTables(stage.logic), rowBytes, firstBit };
        return [{ frame: 'tables', isSigned: false, layer, rowBits: masks.columns, rows: masks.rows, routing }];
      }
      case 'counting': {
        const { inputs, outputs: rows, activation } = stage.counting;
        return [
          { frame: 'weights', isSigned: false, layer, rowBits: inputs, rows },
          {
            frame: 'constants',
            isSigned: activation === 'integer',
            layer,
            rowBits: constantBits(stage.counting),
            rows,
          },
        ];
      }
      case 'channels':
        return [
          {
            frame: 'constants',
            isSigned: true,
            layer,
            rowBits: integerBits(stage.channels),
            rows: stage.channels.outputs,
          },
        ];
    }
  });
}

/** Copies the cell table, with space for more cells at its end. */
function extended(cells: CellTable, more: number): CellTable {
  const count = cells.count + more;
  const longer = <Column extends Int32Array | Uint8Array>(column: Column, empty: Column): Column => {
    empty.set(column);
    return empty;
  };
  return {
    count,
    kind: longer(cells.kind, new Uint8Array(count)),
    a: longer(cells.a, new Int32Array(count)),
    b: longer(cells.b, new Int32Array(count)),
    c: longer(cells.c, new Int32Array(count)),
    out: longer(cells.out, new Int32Array(count)),
    carry: longer(cells.carry, new Int32Array(count)),
    group: longer(cells.group, new Int32Array(count)),
  };
}
