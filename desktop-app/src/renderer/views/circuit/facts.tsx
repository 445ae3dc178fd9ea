import type { CircuitFacts, NetworkFacts } from '../../../common/contract/circuits.js';
import { bytes, short, whole } from '../../parts/format.js';
import { shapeText } from './strip.js';

const FORMS = { configurable: 'unrolled', specialised: 'unrolled, specialised', folded: 'folded' } as const;
const KINDS = { picture: 'picture', sound: 'sound', values: 'values' } as const;

const cycles = (count: number): string => `${whole(count)} ${count === 1 ? 'cycle' : 'cycles'}`;

/** What the circuit is, in figures. Those of the network are there at once. */
export function Facts({
  facts,
  circuit,
}: {
  readonly facts: NetworkFacts;
  readonly circuit: CircuitFacts | undefined;
}) {
  const { input, signature, classNames } = facts;
  const built = (write: (circuit: CircuitFacts) => string): string => (circuit ? write(circuit) : '…');
  const rows: readonly (readonly [term: string, value: string, title?: string | undefined])[] = [
    ['Form', built(({ form }) => FORMS[form])],
    ['Gates', built(({ gates }) => whole(gates)), 'of two inputs; a full adder counts as five'],
    ['Latency', built(({ latency }) => cycles(latency)), 'from start to valid'],
    [
      'Initiation interval',
      built(({ initiationInterval }) => cycles(initiationInterval)),
      'from one start to the next',
    ],
    ['Levels', built(({ levels }) => whole(levels)), 'cells on the longest path between registers'],
    ['Bitstream', bytes(facts.bytes)],
    ['Golden vectors', whole(facts.goldenVectors)],
    [
      'Input',
      `${input.kind === undefined ? '' : `${KINDS[input.kind]} `}${input.shape ? shapeText(input.shape) : whole(input.count)}, ${input.bits} bit${input.bits === 1 ? '' : 's'}`,
    ],
    ['Classes', whole(facts.classes), classNames?.join(', ')],
    ['Digest', short(facts.entry), facts.entry],
    [
      'Signature',
      signature === undefined
        ? 'none'
        : signature.namesThisFile
          ? `${short(signature.keyId)}, it says`
          : '✕ not of this file',
      signature &&
        `The file says that key ${signature.keyId} signed it. To check that takes the public half: adiabit verify --key.`,
    ],
  ];
  return (
    <section aria-label="Facts">
      <dl class="facts circuit-facts">
        {rows.map(([term, value, title]) => (
          <div key={term} title={title}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {circuit && <Cells circuit={circuit} />}
    </section>
  );
}

/** The cells by kind, the most frequent first. */
const Cells = ({ circuit: { cells, memoryBits } }: { readonly circuit: CircuitFacts }) => (
  <p class="cells muted">
    {Object.entries(cells)
      .sort(([, one], [, other]) => other - one)
      .map(([kind, count]) => (
        <span key={kind}>
          <b>{whole(count)}</b> {kind}
        </span>
      ))}
    {memoryBits > 0 && (
      <span>
        <b>{whole(memoryBits)}</b> memory bits
      </span>
    )}
  </p>
);
