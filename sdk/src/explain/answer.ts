import { argmax } from '../model/oracle.js';

/** What a circuit answers. */
export interface Answer {
  readonly class: number;
  /** The class that would have been next, and by how much it was missed; absent for a single output. */
  readonly next?: { readonly class: number; readonly behind: number };
}

export function answerOf(outputs: Int32Array): Answer {
  const winner = argmax(outputs);
  if (outputs.length === 1) return { class: winner };
  const rivals = [...outputs.keys()].filter((label) => label !== winner);
  const next = rivals[argmax(rivals.map((label) => outputs[label]))];
  return { class: winner, next: { class: next, behind: outputs[winner] - outputs[next] } };
}

/** Tells how much has to change until a comparison turns: one that holds has to lose its margin and one more. */
export const distance = (margin: number): number => (margin >= 0 ? margin + 1 : -margin);
