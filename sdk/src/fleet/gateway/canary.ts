import { packInput, type Bitstream } from '@adiabit/simulator/bitstream';
import { type DeviceSession } from '../../device/index.js';
import { Random } from '../../random.js';
import { compareAnswers, oracleOutputs } from '../../workflow/witness.js';
import type { Desired } from '../contract/board.js';
import { FleetError } from '../errors.js';

/** Inputs, and what a circuit answers to them. */
interface Expectation {
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Int32Array[];
}

/** Expectations that are kept: boards of a gateway get the same circuit at about the same time. */
const MOST_KEPT = 8;

/** Holds circuits on trial to the integer oracle, which is computed once for all boards. */
export class Canaries {
  readonly #expected = new Map<string, Promise<Expectation>>();

  /**
   * Lets a board answer random inputs.
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
    const packed = inputs.map((input) => packInput(input, count, bits));
    const answers = await session.inferMany(packed, signal === undefined ? {} : { signal });
    const { vectors, mismatches } = compareAnswers(session.description, 'integer oracle', outputs, answers);
    if (mismatches === 0) return;
    throw new FleetError(
      'canary-failed',
      `${mismatches} of ${vectors} answers of the board are not those of the circuit. It was sent away again; the circuit of before answers.`,
      { inferences: vectors, mismatches },
    );
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
  { network }: Bitstream,
  { inferences, seed }: NonNullable<Desired['canary']>,
): Promise<Expectation> {
  const random = Random.fromSeed(seed, 'canary');
  const { count, bits } = network.input;
  const inputs = Array.from({ length: inferences }, () =>
    Uint8Array.from({ length: count }, () => random.nextWord() >>> (32 - bits)),
  );
  return { inputs, outputs: await oracleOutputs(network, inputs, undefined) };
}
