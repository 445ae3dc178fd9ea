import { AdiabitError } from '@adiabit/simulator/errors';
import { netlistStats } from '@adiabit/simulator/netlist';
import { bitstreamInSteps } from '../compile/compile-bitstream.js';
import { estimateInSteps } from '../compile/estimate.js';
import type { BinarizedModel } from '../model/model.js';
import type { CheckedConfig } from '../project/schema.js';
import { build } from '../workflow/build.js';
import { sizedCircuitInSteps } from '../workflow/compile.js';
import type { Following } from '../workflow/observer.js';
import { compileProject } from '../workflow/project/compile-project.js';
import type { TrialFigures } from './messages.js';

export interface FiguresOptions extends Following {
  readonly config: CheckedConfig;
  /** The folder of more boards, resolved. */
  readonly boardsFolder: string | undefined;
  readonly goldenInputs: readonly Uint8Array[];
}

/** The tables of the smallest chips. */
const LUT_INPUTS = 4;

/**
 * Measures what a network takes: of flash and RAM, of a chip, and in clock cycles on the boards of its project.
 * @throws CancelledError
 */
export async function figuresOf(model: BinarizedModel, options: FiguresOptions): Promise<TrialFigures> {
  const { goldenInputs } = options;
  const { bitstream, report } = await build(bitstreamInSteps(model, { goldenInputs }), options);
  const cycles: Record<string, number> = {};
  for (const board of options.config.targets.boards) {
    const measured = await orNone(cyclesOn(board, model, options));
    if (measured !== undefined) cycles[board] = measured;
  }
  const { bitstreamBytes, workBytes } = report;
  return { bitstreamBytes, workBytes, ...(await orNone(circuit())), cycles };

  async function circuit() {
    const { built } = await build(sizedCircuitInSteps(bitstream, 'auto', {}), options);
    const { netlist, timing } = built.circuit;
    const { luts } = await build(estimateInSteps(netlist, LUT_INPUTS), options);
    const { gates, memoryBits } = netlistStats(netlist);
    return { form: built.form, gates, lut4: luts, memoryBits, latency: timing.latency };
  }
}

async function cyclesOn(
  board: string,
  model: BinarizedModel,
  { config, boardsFolder, goldenInputs, signal }: FiguresOptions,
): Promise<number | undefined> {
  const targets = { ...config.targets, boards: [board], circuits: [], c: false };
  const { name } = config;
  const { figures } = await compileProject(model, { name, targets, boardsFolder, budgets: {}, goldenInputs, signal });
  return figures.boards[board].cycles;
}

/** Resolves to undefined where a target cannot hold the network: a sweep tries such networks too. */
async function orNone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AdiabitError && /^(compile|flash|format)\./.test(error.code)) return undefined;
    throw error;
  }
}
