import { TransportError, type TransportErrorKind } from './errors.js';

interface Symptom {
  readonly kind: TransportErrorKind;
  /** Error codes and the words that the bindings of Linux, macOS and Windows use. */
  readonly pattern: RegExp;
  readonly advice: (path: string) => string;
}

const SYMPTOMS: readonly Symptom[] = [
  {
    kind: 'port-busy',
    pattern: /EBUSY|EAGAIN|cannot lock port|resource (temporarily unavailable|busy)/i,
    advice: (path) => `Another program uses ${path}. Close it (serial monitors are the usual ones), then try again.`,
  },
  {
    kind: 'permission-denied',
    pattern: /EACCES|EPERM|permission denied|access denied/i,
    advice: (path) =>
      process.platform === 'linux'
        ? `You may not use ${path}. Add yourself to the group that owns it ("sudo usermod -a -G dialout $USER"; it is ` +
          '"uucp" on some systems) and log in again.'
        : `You may not use ${path}, or another program does. Close serial monitors and try again.`,
  },
  {
    kind: 'disconnected',
    pattern: /ENXIO|EIO|ENODEV|EBADF|EPIPE|i\/o error|input\/output error|no such device|device not configured/i,
    advice: (path) => `The device on ${path} is gone. Check the cable and connect it again.`,
  },
  {
    kind: 'not-found',
    pattern: /ENOENT|no such file|file not found|not found|ENOTDIR/i,
    advice: (path) => `There is no port ${path}. List the ports, and check that the board is connected.`,
  },
];

/** Returns what went wrong while a port was opened, by the words of the operating system. */
export function openFailure(path: string, cause: unknown): TransportError {
  const text = textOf(cause);
  const symptom = SYMPTOMS.find(({ pattern }) => pattern.test(text));
  const advice = symptom?.advice(path) ?? 'Check that it is a serial port and that the board is connected.';
  // What is known needs no more words; of anything else, those of the operating system are all there is.
  const said = symptom === undefined ? ` (${text})` : '';
  const message = `${path} cannot be opened${said}. ${advice}`;
  return new TransportError(symptom?.kind ?? 'not-found', message, { path, reason: text }, cause);
}

/** Returns a port that was open and is not any more; `cause` is what the operating system said, if anything. */
export function lostPort(path: string, cause?: unknown): TransportError {
  const said = cause === undefined || cause === null ? '' : ` (${textOf(cause)})`;
  return new TransportError(
    'disconnected',
    `The connection to ${path} broke${said}. Check the cable and connect the board again.`,
    { path },
    cause ?? undefined,
  );
}

function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? `${cause.code}: ` : '';
  return cause.message.includes(code) ? cause.message.replace(/^Error:? /, '') : code + cause.message;
}
