import type { CircuitForm } from '../compile/circuit-of.js';
import { checkedCircuitInSteps, reportOf } from '../compile/compile.js';
import { compileBitstream, type BitstreamCompilation } from '../compile/compile-bitstream.js';
import { Random } from '../random.js';
import { resolveLayers } from '../train/network/network.js';
import { initialParameters, toTrainedNetwork } from '../train/network/parameters.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { boardFits, type BoardFit } from './board-table.js';
import { build } from './build.js';
import { frozenOrReason } from './freeze.js';
import type { Following } from './observer.js';

/** What a training will become. Sizes follow from the layers; a few bytes and gates depend on the weights. */
export interface Forecast {
  readonly bitstreamBytes: number;
  /** RAM in bytes that a device needs to run it. */
  readonly workBytes: number;
  readonly boards: readonly BoardFit[];
  /** If absent, nobody asked for it: a folded circuit takes seconds to build. */
  readonly circuit?: {
    readonly form: CircuitForm;
    readonly gates: number;
    /** Cycles from the start of an inference to its outputs. */
    readonly latency: number;
  };
}

export interface ForecastOptions extends Following {
  /** Folder of more boards than come with Adiabit. */
  readonly boards?: string | undefined;
  /** Whether the circuit is built and counted too (true). */
  readonly withCircuit?: boolean;
}

/** Golden vectors that a bitstream carries. */
const GOLDEN = 4;
/** Random inputs that stand for examples where real activations are calibrated. */
const CALIBRATION = 8;

/**
 * Says what a recipe's network takes before it is trained: freezes and compiles it with random weights.
 * @returns the reason, if the network has no exact integer form
 * @throws ModelError for a recipe that cannot be trained; CancelledError
 */
export async function forecast(
  recipe: Recipe,
  { boards, withCircuit = true, ...following }: ForecastOptions = {},
): Promise<Forecast | string> {
  const compiled = await compileUntrained(recipe);
  if (typeof compiled === 'string') return compiled;
  const { bitstream, bytes, report } = compiled;
  const { bitstreamBytes, workBytes } = report;
  const sizes = { bitstreamBytes, workBytes, boards: boardFits(bitstream, bytes.length, boards).boards };
  if (!withCircuit) return sizes;
  const { form, gates, timing } = reportOf(await build(checkedCircuitInSteps(bitstream, 'auto'), following));
  return { ...sizes, circuit: { form, gates, latency: timing.latency } };
}

/** Freezes and compiles a recipe's network with random weights; returns the reason if it has no exact integer form. */
export async function compileUntrained({ network }: Recipe): Promise<BitstreamCompilation | string> {
  const random = Random.fromSeed(1, 'forecast');
  const parameters = initialParameters(resolveLayers(network), random);
  const inputs = Array.from({ length: CALIBRATION }, () =>
    Uint8Array.from({ length: network.inputs }, () => random.below(2 ** network.inputBits)),
  );
  const frozen = await frozenOrReason(toTrainedNetwork(network, parameters), inputs);
  return typeof frozen === 'string'
    ? frozen
    : compileBitstream(frozen.model, { goldenInputs: inputs.slice(0, GOLDEN) });
}
