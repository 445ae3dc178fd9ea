/** Asks for a passphrase on the terminal, without an echo. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CancelledError } from '@adiabit/simulator/errors';

/** Tells whether somebody is there to be asked. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Asks on standard error, and returns the line that is typed. @throws CancelledError for Ctrl-C and for the end of the input */
export function askSecretly(question: string): Promise<string> {
  // readline keeps the terminal from echoing, and what it would draw itself goes nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  // Only now: what is typed before that would be echoed.
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      lines.off('close', cancelled);
      lines.close();
      process.stderr.write('\n');
      resolve(line);
    });
    const cancelled = (): void => {
      process.stderr.write('\n');
      reject(new CancelledError());
    };
    lines.once('close', cancelled);
  });
}
