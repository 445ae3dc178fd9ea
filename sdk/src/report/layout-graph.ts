import type { Viz } from '@viz-js/viz';
import { withPackages } from '../packages/features.js';

/** A graph to lay out. Nodes are boxes with sizes in points. */
export interface Graph {
  readonly nodes: readonly { readonly id: string; readonly width: number; readonly height: number }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** The places of a graph's parts, in points from the top left. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  /** The middle of each node, in the order of the nodes. */
  readonly nodes: readonly { readonly x: number; readonly y: number }[];
  /** The points of each edge, in the order of the edges: a start, then three points a cubic Bezier curve. */
  readonly edges: readonly (readonly number[])[];
}

interface Placed {
  readonly bb: string;
  readonly objects?: readonly { readonly name: string; readonly pos: string }[];
  readonly edges?: readonly { readonly id: string; readonly pos: string }[];
}

const POINTS_PER_INCH = 72;
let engine: Promise<Viz> | undefined;

/** Lays a graph out from left to right by Graphviz. Hundreds of nodes take a second. */
export async function layoutGraph({ nodes, edges }: Graph): Promise<GraphLayout> {
  engine ??= withPackages('graphs', () => import('@viz-js/viz')).then(({ instance }) => instance());
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const dot = [
    'digraph { rankdir=LR; nodesep=0.12; ranksep=0.5; node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none];',
    ...nodes.map(
      ({ width, height }, index) => `n${index} [width=${width / POINTS_PER_INCH}, height=${height / POINTS_PER_INCH}];`,
    ),
    ...edges.map(({ from, to }, index) => `${names.get(from)} -> ${names.get(to)} [id="${index}"];`),
    '}',
  ].join('\n');
  const placed = (await engine).renderJSON(dot) as Placed;
  const [, , width, height] = numbers(placed.bb);
  // Graphviz counts upwards from the bottom.
  const downwards = (points: readonly number[]): number[] =>
    points.map((value, index) => (index % 2 === 0 ? value : height - value));
  const middles = new Map((placed.objects ?? []).map(({ name, pos }) => [name, downwards(numbers(pos))]));
  const lines = new Map((placed.edges ?? []).map(({ id, pos }) => [id, downwards(numbers(pos))]));
  return {
    width,
    height,
    nodes: nodes.map((_, index) => {
      const [x, y] = middles.get(`n${index}`) ?? [0, 0];
      return { x, y };
    }),
    edges: edges.map((_, index) => lines.get(String(index)) ?? []),
  };
}

const numbers = (text: string): number[] => (text.match(/-?[\d.]+(?:e[+-]?\d+)?/g) ?? []).map(Number);
