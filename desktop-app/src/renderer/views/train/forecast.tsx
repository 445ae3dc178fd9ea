import type { BoardFit, Circuit } from '../../../common/contract/training.js';
import { bytes, whole } from '../../parts/format.js';
import { Facts, type Fact } from './facts.js';
import { forecast, recipe } from './train-state.js';

const BINARY: Readonly<Partial<Record<string, string>>> = { both: 'weights, activations', real: 'nothing' };

/** What the training will become, before it begins. */
export function Forecast() {
  const foreseen = forecast.value;
  if (recipe.value === undefined) return null;
  const { layers, mode, binaryWeights, realWeights, batchSize, polishes } = recipe.value;
  const sizes = typeof foreseen === 'object' && foreseen.hasCircuit ? foreseen : undefined;
  const pending = foreseen === undefined ? 'unknown' : '…';
  const circuit = sizes?.circuit;
  const facts: readonly Fact[] = [
    ['Network', layers],
    ['Binary', BINARY[mode] ?? mode],
    ['Weights', `${whole(binaryWeights)} bits${realWeights === 0 ? '' : ` + ${whole(realWeights)} real`}`],
    ['Batch', `${batchSize}${polishes ? ', then polished' : ''}`],
    ...(typeof foreseen === 'object' && !foreseen.hasCircuit
      ? []
      : ([
          ['Flash', sizes === undefined ? pending : `≈ ${bytes(sizes.bitstreamBytes)}`],
          ['RAM', sizes === undefined ? pending : bytes(sizes.workBytes)],
          ['Gates', circuit === undefined ? pending : `≈ ${whole(circuit.gates)}`],
          ['Cycles', circuit === undefined ? pending : cyclesOf(circuit)],
        ] as const)),
  ];
  return (
    <div class="forecast">
      <Facts facts={facts} />
      {typeof foreseen === 'object' && !foreseen.hasCircuit && <p class="fault">No circuit: {foreseen.reason}</p>}
      {sizes && <Boards boards={sizes.boards} />}
    </div>
  );
}

export const cyclesOf = ({ latency, form }: Circuit): string =>
  `${whole(latency)}, ${form === 'folded' ? 'folded' : 'unrolled'}`;

/** The boards, each with a sign for whether it takes the bitstream, and what it lacks. */
export const Boards = ({ boards }: { readonly boards: readonly BoardFit[] }) => (
  <ul class="boards" aria-label="Boards">
    {boards.map(({ board, name, lacks }) => (
      <li key={board} class={lacks.length === 0 ? 'good' : 'muted'}>
        <span class="sign" aria-hidden="true">
          {lacks.length === 0 ? '✓' : '✕'}
        </span>{' '}
        {name}
        {lacks.length === 0 ? <span class="visually-hidden"> fits</span> : ` (${lacks.join(', ')})`}
      </li>
    ))}
  </ul>
);
