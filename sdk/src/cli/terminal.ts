import { styleText } from 'node:util';
import { visible, visibleJson, visibleLines } from '@adiabit/simulator/text';
import { SingleBar } from 'cli-progress';
import { wrapLines } from '../text/wrap.js';

/** A progress bar; updates may come as often as they like. */
export interface ProgressBar {
  update(done: number, total: number, note?: string): void;
  /** Takes the bar away, so that the next line stands in its place. */
  stop(): void;
}

/**
 * The output of a command. If stdout carries the result alone, as JSON or as an output, lines for people go to stderr.
 */
export interface Terminal {
  readonly json: boolean;
  /** Prints a line, or several. Only what is styled may hold escape sequences: everything else is made visible. */
  say(...pieces: readonly Piece[]): void;
  /** Prints the command's result as data, in JSON mode only. */
  result(value: unknown): void;
  /** Shows progress: a bar on a terminal, else a line on standard error whenever nothing was said for five seconds. */
  progress(label: string): ProgressBar;
}

type Style = Parameters<typeof styleText>[0];

/** Text in a style. */
export interface Styled {
  readonly style: Style;
  readonly text: string;
}

export type Piece = string | Styled;

export const styled = (style: Style, text: string): Styled => ({ style, text });

/** Returns pieces as a stream shows them: in colours if it has them, and with nothing else that a terminal would act on. */
export const shown = (pieces: readonly Piece[], stream: Pick<NodeJS.WriteStream, 'isTTY'>): string =>
  pieces
    .map((piece) => {
      if (typeof piece === 'string') return visibleLines(piece);
      const text = visibleLines(piece.text);
      return stream.isTTY && process.env['NO_COLOR'] === undefined
        ? styleText(piece.style, text, { validateStream: false })
        : text;
    })
    .join('');

/** A stream, as far as it tells what is behind it. */
export type Shower = Pick<NodeJS.WriteStream, 'isTTY'> & { readonly columns?: number | undefined };

/**
 * Returns lines as a stream shows them: a terminal breaks none in the middle of a word, and others get them whole. So does a terminal
 * that does not know its width, and says 0.
 */
export const fitted = (text: string, { isTTY, columns = 0 }: Shower): string =>
  isTTY && columns > 0 ? wrapLines(text, columns) : text;

/** How long a command is quiet before progress is told in a line, where no terminal shows a bar. */
const QUIET_MS = 5000;

/**
 * Makes the terminal of a command.
 * @param stdoutIsTaken by an output of the command, such as `-o /dev/stdout` @param clock in milliseconds
 */
export function createTerminal(json: boolean, stdoutIsTaken = false, clock = () => performance.now()): Terminal {
  let saidMs = clock();
  const toldProgress = (label: string): ProgressBar => ({
    update: (done, total, note = '') => {
      if (clock() - saidMs < QUIET_MS || total === 0) return;
      saidMs = clock();
      process.stderr.write(`${visible(`  ${label} ${Math.floor((100 * done) / total)} % ${note}`).trimEnd()}\n`);
    },
    stop: () => undefined,
  });
  return {
    json,
    say: (...pieces) => {
      const stream = json || stdoutIsTaken ? process.stderr : process.stdout;
      saidMs = clock();
      stream.write(`${fitted(shown(pieces, stream), stream)}\n`);
    },
    result: (value) => {
      if (json) process.stdout.write(`${visibleJson(value, 2)}\n`);
    },
    progress: (label) => (process.stderr.isTTY ? drawnBar(label) : toldProgress(label)),
  };
}

function drawnBar(label: string): ProgressBar {
  const bar = new SingleBar({
    format: `  ${visible(label)} {bar} {percentage} % {note}`,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
    gracefulExit: false,
  });
  let started = false;
  return {
    update: (done, total, text = '') => {
      const note = visible(text);
      if (started) {
        bar.setTotal(total);
        bar.update(done, { note });
      } else {
        bar.start(total, done, { note });
        started = true;
      }
    },
    stop: () => {
      if (started) bar.stop();
      started = false;
    },
  };
}
