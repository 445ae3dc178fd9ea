import { packInput, type Bitstream } from '@adiabit/simulator/bitstream';
import { argmax, createOracle } from '@adiabit/simulator/network';
import { FlashError, throwIfCancelled, type DeviceSession, type Inference } from '../../device/index.js';
import { canaryInputs } from './canary-inputs.js';

/** What a board has to answer rightly before its new circuit is confirmed, beyond its own self-test. */
export interface CanaryOptions {
  /** How many drawn inputs follow the golden vectors. */
  readonly inferences: number;
  /** Draws those inputs. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Inputs that a board was asked, and on how many its answer was not the simulator's. */
export interface CanaryCount {
  readonly vectors: number;
  readonly mismatches: number;
}

/** How a board stands to the simulator's integer oracle. */
export interface CanaryOutcome {
  readonly golden: CanaryCount;
  /** The drawn inputs; none is asked once a golden vector has failed. */
  readonly drawn: CanaryCount;
  readonly passed: boolean;
}

/** How many inputs are on their way to a board at once; a bad board is found out after no more than these. */
const BATCH_INFERENCES = 16;

/**
 * Asks a board its golden vectors and then drawn inputs, and compares every answer with the integer oracle, bit for bit; with
 * the class alone where the firmware tells no more. Stops after the first batch with a wrong answer.
 * @param session with a device on which this bitstream is active
 * @throws as `DeviceSession` does; CancelledError
 */
export async function runCanary(
  session: DeviceSession,
  bitstream: Bitstream,
  { inferences, seed, signal }: CanaryOptions,
): Promise<CanaryOutcome> {
  const oracle = createOracle(bitstream.network);
  const expectedOf = (input: Uint8Array): Int32Array => oracle(input).outputs;
  const compare = (inputs: readonly Uint8Array[]) => countMismatches(session, bitstream, inputs, expectedOf, signal);
  const golden = await compare(bitstream.goldenVectors.map(({ input }) => input));
  if (golden.mismatches > 0) return { golden, drawn: { vectors: 0, mismatches: 0 }, passed: false };
  const drawn = await compare(canaryInputs(bitstream, inferences, seed));
  return { golden, drawn, passed: drawn.mismatches === 0 };
}

/**
 * Does as `runCanary`, for a flash session that goes back to the old circuit on an error.
 * @throws FlashError `flash.canary-failed` unless every answer is right; as `runCanary` does
 */
export async function requireCanary(
  session: DeviceSession,
  bitstream: Bitstream,
  options: CanaryOptions,
): Promise<CanaryOutcome> {
  const outcome = await runCanary(session, bitstream, options);
  if (outcome.passed) return outcome;
  const { golden, drawn } = outcome;
  const failed = golden.mismatches > 0 ? golden : drawn;
  throw new FlashError(
    'canary-failed',
    `The board passes its self-test, but answers ${failed.mismatches} of ${failed.vectors} ` +
      `${failed === golden ? 'golden vectors' : 'drawn inputs'} otherwise than the simulator. The circuit was not ` +
      'confirmed. Check the board and its firmware.',
    { ...failed, part: failed === golden ? 'golden' : 'drawn', seed: options.seed },
  );
}

async function countMismatches(
  session: DeviceSession,
  { network }: Bitstream,
  inputs: readonly Uint8Array[],
  expectedOf: (input: Uint8Array) => Int32Array,
  signal: AbortSignal | undefined,
): Promise<CanaryCount> {
  const { count, bits } = network.input;
  let vectors = 0;
  let mismatches = 0;
  for (let at = 0; at < inputs.length && mismatches === 0; at += BATCH_INFERENCES) {
    throwIfCancelled(signal);
    const batch = inputs.slice(at, at + BATCH_INFERENCES);
    const packed = batch.map((input) => packInput(input, count, bits));
    const answers = await session.inferMany(packed, signal === undefined ? {} : { signal });
    vectors += batch.length;
    mismatches += answers.filter((answer, index) => differs(answer, expectedOf(batch[index]))).length;
  }
  return { vectors, mismatches };
}

const differs = (answer: Inference, expected: Int32Array): boolean =>
  answer.outputs.length === 0
    ? answer.class !== argmax(expected)
    : answer.outputs.length !== expected.length || expected.some((value, index) => value !== answer.outputs[index]);
