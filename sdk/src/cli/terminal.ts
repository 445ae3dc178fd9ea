import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';

/** A progress bar; updates may come as often as they like. */
export interface ProgressBar {
  update(done: number, total: number, note?: string): void;
  /** Takes the bar away, so that the next line stands in its place. */
  stop(): void;
}

/** Where a command speaks. Where stdout carries the result alone, as JSON or as an output, people's lines go to stderr. */
export interface Terminal {
  readonly json: boolean;
  say(text?: string): void;
  /** The command's result as data; printed in JSON mode only. */
  result(value: unknown): void;
  progress(label: string): ProgressBar;
}

type Style = Parameters<typeof styleText>[0];

/** Text in a style, where the stream it goes to shows colours. */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  stream.isTTY && process.env['NO_COLOR'] === undefined ? styleText(style, text) : text;

/** @param stdoutIsTaken by an output of the command, such as `-o /dev/stdout` */
export function createTerminal(json: boolean, stdoutIsTaken = false): Terminal {
  return {
    json,
    say: (text = '') => {
      (json || stdoutIsTaken ? process.stderr : process.stdout).write(`${text}\n`);
    },
    result: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    progress: (label) => (process.stderr.isTTY ? drawnBar(label) : { update: () => undefined, stop: () => undefined }),
  };
}

function drawnBar(label: string): ProgressBar {
  const bar = new SingleBar({
    format: `  ${label} {bar} {percentage} % {note}`,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
    gracefulExit: false,
  });
  let started = false;
  return {
    update: (done, total, note = '') => {
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
