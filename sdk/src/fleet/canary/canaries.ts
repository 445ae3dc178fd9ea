import { packInput, type Bitstream } from '@adiabit/simulator/bitstream';
import type { DeviceSession } from '../../device/index.js';
import { compareAnswers, oracleOutputs } from '../../workflow/witness.js';
import type { Desired } from '../contract/board.js';
import { FleetError } from '../errors.js';
import { canaryInputs } from './canary-inputs.js';

/** Inputs, and what a circuit answers to them. */
interface Expectation {
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Int32Array[];
}

/** Expectations that are kept: boards of a gateway get the same circuit at about the same time. */
const MOST_KEPT = 8;
/** How many answers are compared at a time: a bad board is found out after no more than these. */
const BATCH_INFERENCES = 32;

/** Holds circuits on trial to the integer oracle, which is computed once for all boards. */
export class Canaries {
  readonly #expected = new Map<string, Promise<Expectation>>();

  /**
   * Lets a board answer its golden vectors over the line, which its self-test did on the board alone, and then drawn inputs.
   * @throws FleetError `fleet.canary-failed` when an answer is another one than that of the circuit; as DeviceSession does
   */
  async check(
    session: DeviceSession,
    contents: Bitstream,
    { circuit, canary }: Pick<Desired, 'circuit' | 'canary'>,
    signal?: AbortSignal,
  ): Promise<void> {
    if (canary === undefined) return;
    const { inputs, outputs } = await this.#expectation(circuit, contents, canary);
    const { count, bits } = contents.network.input;
    for (let at = 0; at < inputs.length; at += BATCH_INFERENCES) {
      const packed = inputs.slice(at, at + BATCH_INFERENCES).map((input) => packInput(input, count, bits));
      const answers = await session.inferMany(packed, signal === undefined ? {} : { signal });
      const expected = outputs.slice(at, at + BATCH_INFERENCES);
      const { vectors, mismatches } = compareAnswers(session.description, 'integer oracle', expected, answers);
      if (mismatches > 0) throw canaryFailed(at + vectors, mismatches);
    }
  }

  #expectation(circuit: string, contents: Bitstream, canary: NonNullable<Desired['canary']>): Promise<Expectation> {
    const key = `${circuit} ${canary.seed} ${canary.inferences}`;
    const known = this.#expected.get(key);
    if (known !== undefined) return known;
    const computed = expectationOf(contents, canary);
    this.#expected.set(key, computed);
    if (this.#expected.size > MOST_KEPT) this.#expected.delete([...this.#expected.keys()][0]);
    return computed;
  }
}

async function expectationOf(
  contents: Bitstream,
  { inferences, seed }: NonNullable<Desired['canary']>,
): Promise<Expectation> {
  const golden = contents.goldenVectors.map(({ input }) => input);
  const inputs = [...golden, ...canaryInputs(contents, inferences, seed)];
  return { inputs, outputs: await oracleOutputs(contents.network, inputs, undefined) };
}

const canaryFailed = (inferences: number, mismatches: number): FleetError =>
  new FleetError(
    'canary-failed',
    `${mismatches} of the first ${inferences} answers of the board are not those of the circuit. It was sent away again; the circuit of before answers.`,
    { inferences, mismatches },
  );
