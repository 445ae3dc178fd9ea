import { ERROR_CODES, type ErrorCode, type KindOf } from './error-codes.js';

export { ERROR_CODES, EXIT_CODES, type ErrorCode, type ErrorCodeEntry, type KindOf } from './error-codes.js';

/** The details of an error as plain data, so that a script can react without parsing the message. */
export type ErrorDetails = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | undefined>
>;

/**
 * Every failure that Adiabit reports on purpose. `code` is stable and dotted (`format.truncated`), the message says
 * what is wrong, where, and what to do next. `ERROR_CODES` has all codes.
 */
export class AdiabitError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** A trained or binarized network that is invalid. */
export class ModelError extends AdiabitError {
  constructor(kind: KindOf<'model'>, message: string, details?: ErrorDetails) {
    super(`model.${kind}`, message, details);
  }
}

/** A circuit that breaks a rule of netlists. */
export class NetlistError extends AdiabitError {
  constructor(kind: KindOf<'netlist'>, message: string, details?: ErrorDetails) {
    super(`netlist.${kind}`, message, details);
  }
}

/** A model that cannot become a circuit, or a circuit that does not fit its target. */
export class CompileError extends AdiabitError {
  constructor(kind: KindOf<'compile'>, message: string, details?: ErrorDetails) {
    super(`compile.${kind}`, message, details);
  }
}

/** Bytes that are no valid file. `details.offset` is the offset of the first wrong byte. */
export class FormatError extends AdiabitError {
  constructor(kind: KindOf<'format'>, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`format.${kind}`, message, details, cause);
  }
}

/** Input data (images, labels, samples) that does not fit the task. */
export class DataError extends AdiabitError {
  constructor(kind: KindOf<'data'>, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`data.${kind}`, message, details, cause);
  }
}

/** A file or folder that the operating system refused to write. Earlier contents are unchanged. */
export class FileError extends AdiabitError {
  constructor(kind: KindOf<'file'>, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`file.${kind}`, message, details, cause);
  }
}

/** Something that was asked of the desktop app or the studio, and cannot be done. */
export class AppError extends AdiabitError {
  constructor(kind: KindOf<'app'>, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`app.${kind}`, message, details, cause);
  }
}

/** The work was stopped on request (an AbortSignal, Ctrl-C). */
export class CancelledError extends AdiabitError {
  constructor(message = 'Cancelled.', details?: ErrorDetails) {
    super('cancelled', message, details);
  }
}

type KindClass = new (kind: never, message: string, details?: ErrorDetails) => AdiabitError;

const KIND_CLASSES: Readonly<Record<string, KindClass>> = {
  ModelError,
  NetlistError,
  CompileError,
  FormatError,
  DataError,
  FileError,
};

/**
 * Makes the error of a code, of the class in this file to which the code belongs, else an AdiabitError. It rebuilds
 * errors that arrive as plain data.
 */
export function errorOfCode(code: ErrorCode, message: string, details?: ErrorDetails): AdiabitError {
  if (code === 'cancelled') return new CancelledError(message, details);
  const kindClass = KIND_CLASSES[ERROR_CODES[code].class] as KindClass | undefined;
  return kindClass === undefined
    ? new AdiabitError(code, message, details)
    : new kindClass(code.slice(code.indexOf('.') + 1) as never, message, details);
}
