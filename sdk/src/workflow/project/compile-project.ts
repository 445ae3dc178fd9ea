import type { Bitstream } from '@adiabit/simulator/bitstream';
import { CompiledEngine, runInferences, vectorsForInputs } from '@adiabit/simulator/engines';
import { cNetworkOf, writeCHeader, writeCSource } from '@adiabit/simulator/interchange';
import { bitstreamInSteps } from '../../compile/compile-bitstream.js';
import { boardNamed } from '../../boards/index.js';
import type { BinarizedModel } from '../../model/model.js';
import { budgetOf } from '../../project/budgets.js';
import type { BudgetsConfig } from '../../project/config.js';
import type { Figures } from '../../project/lock.js';
import type { CheckedCircuit, CheckedTargets } from '../../project/schema.js';
import { checkBoard } from '../board-table.js';
import { build } from '../build.js';
import { sizedCircuitInSteps } from '../compile.js';
import { circuitLines } from '../export.js';
import type { Following } from '../observer.js';
import { splitOutputs } from '../witness.js';
import { checkAgreement, measureCycles } from './measure-cycles.js';

/** A network made for its targets. */
export interface CompiledProject {
  readonly bitstream: Bitstream;
  readonly figures: Figures;
  /** The contents of files by their names. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

export interface CompileProjectOptions extends Following {
  readonly name: string;
  readonly targets: CheckedTargets;
  /** The folder of more boards, resolved. */
  readonly boardsFolder: string | undefined;
  readonly budgets: Pick<BudgetsConfig, 'maxCycles'>;
  readonly goldenInputs: readonly Uint8Array[];
}

/**
 * Compiles a model for every target, and lets each answer the golden vectors: the firmware on emulated boards, the circuits in the
 * simulator.
 * @throws ProjectError `project.mismatch`; CompileError for a circuit that its chip cannot hold, or a board that has no such layers;
 * the error of the emulator where cycles have a budget and cannot be measured; CancelledError
 */
export async function compileProject(model: BinarizedModel, options: CompileProjectOptions): Promise<CompiledProject> {
  const { name, targets, goldenInputs, observer } = options;
  observer?.onStage?.('compile');
  const { bitstream, bytes, report } = await build(bitstreamInSteps(model, { goldenInputs }), options);
  const files = new Map<string, string | Uint8Array>([[`${name}.abit`, bytes]]);
  const boards: Record<string, Figures['boards'][string]> = {};
  for (const id of targets.boards) boards[id] = await boardFigures(id, { bitstream, bytes }, report.workBytes, options);
  const circuits: Record<string, Figures['circuits'][string]> = {};
  for (const circuit of targets.circuits) {
    const { figures, verilog } = await circuitFigures(circuit, bitstream, options);
    circuits[circuit.name] = figures;
    files.set(`${name}-${circuit.name}.v`, verilog);
  }
  if (targets.c) {
    const c = cNetworkOf(bitstream);
    files.set(`${name}.c`, textOf(writeCSource(c, `${name}.h`))).set(`${name}.h`, textOf(writeCHeader(c)));
  }
  const { bitstreamBytes, workBytes } = report;
  return { bitstream, figures: { bitstreamBytes, workBytes, boards, circuits }, files };
}

const textOf = (lines: Iterable<string>): string => [...lines, ''].join('\n');

async function boardFigures(
  id: string,
  compiled: { readonly bitstream: Bitstream; readonly bytes: Uint8Array },
  neededWorkBytes: number,
  { boardsFolder, budgets, ...following }: CompileProjectOptions,
): Promise<Figures['boards'][string]> {
  const { slotBytes, workBytes } = boardNamed(id, boardsFolder);
  // Too little flash or RAM are budgets, which are told with all others.
  if (compiled.bytes.length > slotBytes || neededWorkBytes > workBytes) return { slotBytes, workBytes };
  checkBoard(compiled.bitstream, compiled.bytes.length, {
    board: id,
    ...(boardsFolder === undefined ? {} : { boards: boardsFolder }),
  });
  following.observer?.onStage?.('device');
  const measured = await measureCycles(id, boardsFolder, compiled, following);
  if ('cycles' in measured) return { slotBytes, workBytes, cycles: measured.cycles };
  if (budgetOf(budgets.maxCycles, id) !== undefined) throw measured.reason;
  following.observer?.onNote?.({ kind: 'not-measured', board: id, reason: measured.reason.message });
  return { slotBytes, workBytes };
}

async function circuitFigures(
  { name, chip, form, maxLuts, maxCycles }: CheckedCircuit,
  bitstream: Bitstream,
  options: CompileProjectOptions,
): Promise<{ readonly figures: Figures['circuits'][string]; readonly verilog: string }> {
  const goals = {
    target: chip,
    ...(maxLuts === undefined ? {} : { maxLuts }),
    ...(maxCycles === undefined ? {} : { maxCyclesPerInference: maxCycles }),
  };
  const { built, estimate } = await build(sizedCircuitInSteps(bitstream, form, goals), options);
  const { circuit } = built;
  const inputs = bitstream.goldenVectors.map(({ input }) => input);
  const engine = new CompiledEngine(circuit.netlist, vectorsForInputs(inputs.length, circuit.timing));
  const stop = options.signal === undefined ? {} : { signal: options.signal };
  checkAgreement(
    `The circuit ${name}`,
    bitstream.goldenVectors.map(({ outputs }) => outputs),
    splitOutputs(await runInferences(circuit, engine, inputs, stop)),
  );
  const { luts = 0, registers = 0, memoryBits = 0 } = estimate ?? {};
  const { latency, initiationInterval } = circuit.timing;
  const figures = { form: built.form, luts, registers, memoryBits, latency, initiationInterval };
  return { figures, verilog: textOf(await circuitLines(circuit, 'verilog')) };
}
