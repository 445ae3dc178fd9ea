import { useEffect, useState } from 'preact/hooks';
import type { FpgaTarget, NetworkFacts, TargetFit } from '../../../common/contract/circuits.js';
import { failureOf } from '../../../common/failure.js';
import { call } from '../../bridge.js';
import { bytes, percent, whole } from '../../parts/format.js';
import { attempt } from '../../state.js';
import type { Loaded } from './circuit-state.js';

/** Which boards and FPGAs take the circuit, and what the others lack. */
export const Fits = ({ facts }: { readonly facts: NetworkFacts }) => (
  <div class="fits">
    <Boards facts={facts} />
    <Targets entry={facts.entry} />
  </div>
);

const Boards = ({ facts }: { readonly facts: NetworkFacts }) => (
  <section aria-label="Boards">
    <h2>Boards</h2>
    <p class="muted">
      It needs {bytes(facts.bytes)} of flash and {bytes(facts.neededWorkBytes)} of RAM.
    </p>
    <table class="table">
      <thead>
        <tr>
          <th>Board</th>
          <th class="number">Slot</th>
          <th class="number">RAM</th>
          <th>Fits</th>
        </tr>
      </thead>
      <tbody>
        {facts.boards.map(({ id, name, slotBytes, workBytes, lacks }) => (
          <tr key={id}>
            <td>{name}</td>
            <td class="number">{bytes(slotBytes)}</td>
            <td class="number">{bytes(workBytes)}</td>
            <td>
              {lacks.length === 0 ? (
                <>
                  <span class="sign good">✓</span> fits
                </>
              ) : (
                <>
                  <span class="sign bad">✕</span> {lacks.join(', ')}
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

function Targets({ entry }: { readonly entry: string }) {
  const [targets, setTargets] = useState<readonly FpgaTarget[]>([]);
  const [fits, setFits] = useState<Readonly<Record<string, Loaded<TargetFit>>>>({});
  useEffect(() => void attempt(async () => setTargets(await call('listTargets', {}))), []);
  useEffect(() => setFits({}), [entry]);
  const estimate = (target: string): void => {
    const keep = (loaded: Loaded<TargetFit>): void => setFits((before) => ({ ...before, [target]: loaded }));
    keep({ kind: 'loading' });
    call('estimateTarget', { entry, target }).then(
      (value) => keep({ kind: 'done', value }),
      (error: unknown) => keep({ kind: 'failed', error: failureOf(error) }),
    );
  };
  return (
    <section aria-label="FPGAs">
      <h2>FPGAs</h2>
      <p class="muted">An estimate before synthesis, in the form that suits the chip.</p>
      <table class="table targets">
        <thead>
          <tr>
            <th>Chip</th>
            <th class="number">Tables</th>
            <th class="number">Memory</th>
            <th class="number">Cycles</th>
            <th>Fits</th>
          </tr>
        </thead>
        <tbody>
          {targets.map(({ id, title }) => (
            <Target key={id} title={title} fit={fits[id]} onEstimate={() => estimate(id)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Target({
  title,
  fit,
  onEstimate,
}: {
  readonly title: string;
  readonly fit: Loaded<TargetFit> | undefined;
  readonly onEstimate: () => void;
}) {
  const done = fit?.kind === 'done' && fit.value.fits ? fit.value : undefined;
  const error =
    fit?.kind === 'failed' ? fit.error : fit?.kind === 'done' && !fit.value.fits ? fit.value.error : undefined;
  if (error) {
    return (
      <tr>
        <td>{title}</td>
        <td colSpan={4} class="missing">
          <span class="sign bad">✕</span> {error.message}
        </td>
      </tr>
    );
  }
  return (
    <tr>
      <td>{title}</td>
      <td class="number">{done && whole(done.luts)}</td>
      <td class="number">{done && bytes(done.memoryBits / 8)}</td>
      <td class="number">{done && whole(done.latency)}</td>
      <td title={done && `${done.form}, ${done.levels} tables one behind the other`}>
        {done ? (
          <>
            <span class="sign good">✓</span> {verdictOf(done)}
          </>
        ) : (
          <button type="button" class="button quiet" disabled={fit !== undefined} onClick={onEstimate}>
            {fit === undefined ? 'Estimate' : 'Estimating …'}
          </button>
        )}
      </td>
    </tr>
  );
}

/** How much of the chip is taken, and a guess at its clock. */
const verdictOf = ({ luts, lutsThere, clockMHz, form }: Extract<TargetFit, { readonly fits: true }>): string =>
  [
    lutsThere === undefined ? form : percent(luts / lutsThere),
    ...(clockMHz === undefined ? [] : [`${clockMHz.toFixed(0)} MHz`]),
  ].join(', ');
