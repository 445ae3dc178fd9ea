import { DataError } from '@adiabit/simulator/errors';
import { withPackages } from '../packages/features.js';

/** Lines of DOT that are drawn in seconds; layouts of more take minutes and show nothing. */
const MOST_LINES = 6000;

/**
 * Draws a graph in Graphviz's language as an SVG, laid out by Graphviz itself.
 * @throws DataError `data.bad-value` for a graph that nobody could read; PackageError `package.not-installed` without Graphviz
 */
export async function drawGraph(dot: Iterable<string>): Promise<string> {
  const lines = [...dot];
  if (lines.length > MOST_LINES) {
    const message = `The drawing would have ${lines.length} lines, nodes and edges; ${MOST_LINES} can be drawn. Draw a part such as layer0.neuron0, or boxes instead of cells.`;
    throw new DataError('bad-value', message, {
      lines: lines.length,
      most: MOST_LINES,
      options: ['scope', 'cells'],
    });
  }
  const { instance } = await withPackages('graphs', () => import('@viz-js/viz'));
  return (await instance()).renderString(lines.join('\n'), { format: 'svg' });
}
