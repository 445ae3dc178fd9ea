import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getBit } from '../../bits/bit-matrix.js';
import { bitstreamOf } from '../../bitstream/bitstream.js';
import { encodeBitstream } from '../../bitstream/encode.js';
import { FRAME, FRAME_KIND, HEADER, paddedTo4 } from '../../bitstream/layout.js';
import { CompiledEngine } from '../../engines/compiled.js';
import { ReferenceEngine } from '../../engines/reference.js';
import { runInferences } from '../../engines/run.js';
import { elaborate } from '../unrolled/elaborate.js';
import { randomNetwork } from '../unrolled/testing/random-network.js';
import { kindOf } from '../../netlist/netlist.js';
import { validateNetlist } from '../../netlist/validate.js';
import { scanCycles } from './controller.js';
import { configured, loadThroughScanChains } from './load.js';
import { insertScanChains } from './scan-chains.js';
import { SCAN_PORT } from '../scan-port.js';
import { codeOf } from './testing/code-of.js';

/** A network, its bytes, and both forms of its circuit. */
function sample(widths: readonly number[], inputBits: number, next: (below: number) => number) {
  const network = randomNetwork(widths, inputBits, 1, next);
  const inputs = Array.from({ length: 4 }, () => Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits)));
  const golden = [{ input: inputs[0], outputs: new Int32Array(widths[widths.length - 1]) }];
  const bitstream = bitstreamOf(network, { name: 'scan', modelDigest: '00', compiler: 'test' }, golden);
  const circuit = elaborate('scan', network);
  return { circuit, scan: insertScanChains(circuit), bytes: encodeBitstream(bitstream), inputs };
}

const seeded = () => {
  let state = 5;
  return (below: number): number => (state = (state * 48271) % 2147483647) % below;
};

describe('configuration through scan chains', () => {
  it('gives the circuit that the configuration cells give, one cycle a bit, at widths around a word', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(1, 2, 5, 31, 32, 33), { minLength: 2, maxLength: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(fc.nat()),
        async (widths, inputBits, stream) => {
          const next = (below: number): number => Number(stream.next().value) % below;
          const { circuit, scan, bytes, inputs } = sample(widths, inputBits, next);
          validateNetlist(scan.circuit.netlist);
          const expected = await runInferences(circuit, new ReferenceEngine(circuit.netlist), inputs);
          const engine = new CompiledEngine(scan.circuit.netlist, 1);
          expect(await loadThroughScanChains(scan, engine, bytes)).toBe(circuit.configuration.columns);
          const { outputs, classes } = await runInferences(scan.circuit, configured(engine), inputs);
          expect(outputs).toEqual(expected.outputs);
          expect(classes).toEqual(expected.classes);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('keeps a circuit stopped until the digest is right', async () => {
    const { scan, bytes, inputs } = sample([9, 4, 3], 2, seeded());
    const engine = new ReferenceEngine(scan.circuit.netlist);
    const damaged = bytes.slice();
    damaged[damaged.length - 1] ^= 1;
    await expect(loadThroughScanChains(scan, engine, damaged)).rejects.toMatchObject({
      code: 'format.digest-mismatch',
    });
    await expect(runInferences(scan.circuit, configured(engine), inputs)).rejects.toMatchObject({
      code: 'circuit.latency',
    });
    await loadThroughScanChains(scan, engine, bytes);
    await expect(runInferences(scan.circuit, configured(engine), inputs)).resolves.toMatchObject({ count: 4 });
  });

  it('tells how far loading is, stops when asked to, and leaves the circuit stopped', async () => {
    const { circuit, scan, bytes, inputs } = sample([65, 40, 3], 2, seeded());
    const engine = new CompiledEngine(scan.circuit.netlist, 1);
    const total = circuit.configuration.columns;
    const seen: number[] = [];
    const controller = new AbortController();
    const loading = loadThroughScanChains(scan, engine, bytes, {
      signal: controller.signal,
      onProgress: (loaded, all) => {
        expect(all).toBe(total);
        seen.push(loaded);
      },
    });
    await expect(loading).resolves.toBe(total);
    expect(seen).toEqual(Array.from({ length: Math.floor(total / 1024) + 1 }, (_, index) => 1024 * index));
    controller.abort();
    await expect(loadThroughScanChains(scan, engine, bytes, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(runInferences(scan.circuit, configured(engine), inputs)).rejects.toMatchObject({
      code: 'circuit.latency',
    });
  });

  it('puts every bit in its register and keeps it there while no chain is enabled', async () => {
    const { circuit, scan, bytes } = sample([5, 3, 2], 2, seeded());
    const { cells } = circuit.netlist;
    const nets = [...cells.out].filter((_, cell) => kindOf(cells, cell) === 'configuration');
    const expected = nets.map((_, position) => getBit(circuit.configuration, 0, position));
    const engine = new ReferenceEngine(scan.circuit.netlist);
    await loadThroughScanChains(scan, engine, bytes);
    for (const bit of [1, 0, 1]) {
      expect(nets.map((net) => engine.values[net])).toEqual(expected);
      engine.setInput(SCAN_PORT.in, Uint32Array.of(bit));
      engine.evaluate();
      engine.clock();
    }
    expect(nets.map((net) => engine.values[net])).toEqual(expected);
  });

  it('catches every single flipped bit of a bitstream, in header, frames of every kind and digest', () => {
    const { scan, bytes } = sample([5, 3, 2], 1, seeded());
    const accepted: number[] = [];
    const codes = new Set<string>();
    for (let position = 0; position < 8 * bytes.length; position++) {
      const flipped = bytes.slice();
      flipped[position >> 3] ^= 1 << (position & 7);
      const code = codeOf(() => [...scanCycles(scan, flipped)]);
      codes.add(code);
      if (code === 'accepted') accepted.push(position);
    }
    expect(codeOf(() => [...scanCycles(scan, bytes)])).toBe('accepted');
    expect(accepted).toEqual([]);
    expect([...codes].every((code) => code.startsWith('format.'))).toBe(true);
    expect(codes).toContain('format.crc-mismatch');
    expect(codes).toContain('format.digest-mismatch');
  });

  it('says in which frame a flipped bit was caught, by that frame’s CRC', () => {
    const { scan, bytes } = sample([9, 4, 3], 2, seeded());
    const view = new DataView(bytes.buffer);
    const frames: { kind: number; at: number; payload: number }[] = [];
    for (let at: number = HEADER.size; frames.length < view.getUint32(HEADER.frameCount, true);) {
      const payload = view.getUint32(at + FRAME.payloadBytes, true);
      frames.push({ kind: view.getUint8(at + FRAME.kind), at, payload });
      at += FRAME.size + paddedTo4(payload);
    }
    expect(new Set(frames.map(({ kind }) => kind))).toEqual(new Set([2, 5, 7, 8, 128]));
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.nat(), ({ kind, at, payload }, noise) => {
        const flipped = bytes.slice();
        const bit = noise % (8 * payload);
        flipped[at + FRAME.size + (bit >> 3)] ^= 1 << (bit & 7);
        // Bits that no register holds are refused as soon as they arrive, before the CRC.
        const codes =
          kind === FRAME_KIND.weights || kind === FRAME_KIND.constants
            ? ['format.crc-mismatch', 'format.bad-value']
            : ['format.crc-mismatch'];
        expect(codes).toContain(codeOf(() => [...scanCycles(scan, flipped)]));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a bitstream for another circuit, a shorter one and one with more behind it', () => {
    const { scan, bytes } = sample([5, 3, 2], 1, seeded());
    const other = sample([5, 4, 2], 1, seeded());
    expect(codeOf(() => [...scanCycles(scan, other.bytes)])).toBe('format.bad-value');
    expect(codeOf(() => [...scanCycles(scan, bytes.subarray(0, 60))])).toBe('format.truncated');
    expect(codeOf(() => [...scanCycles(scan, [...bytes, 0])])).toBe('format.bad-value');
  });
});
