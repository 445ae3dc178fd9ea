/** A number with its name. */
export type Fact = readonly [term: string, value: string];

/** Numbers in a row, each under its name. */
export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <dl class="figures">
    {facts.map(([term, value]) => (
      <div key={term}>
        <dt>{term}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
