import { ModelError } from '@adiabit/simulator/errors';

/** What of a node a refusal names. */
export interface NodeName {
  readonly name: string;
  readonly operator: string;
}

/**
 * Makes the error for a node that has no place in a model.
 * @param why what about it cannot be, as the end of "it ..."
 * @param remedy what would do instead, a sentence
 */
export function refusal({ name, operator }: NodeName, why: string, remedy: string): ModelError {
  return new ModelError('unsupported-layer', `Node "${name}" (${operator}) ${why}. ${remedy}`, {
    node: name,
    operator,
  });
}
