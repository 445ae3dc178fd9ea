import { AdiabitError, ERROR_CODES, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';
import { STATUS, type RefusalStatus } from './constants.js';

export type ProtocolErrorKind = KindOf<'protocol'>;

/** The bytes on the line are not the conversation they should be. */
export class ProtocolError extends AdiabitError {
  readonly kind: ProtocolErrorKind;

  constructor(kind: ProtocolErrorKind, message: string, details?: ErrorDetails) {
    super(`protocol.${kind}`, message, details);
    this.kind = kind;
  }
}

/** The device said no to a request. `status` is the reason that it sent, and the code follows from it. */
export class DeviceError extends AdiabitError {
  readonly status: RefusalStatus;

  /** @param asked the request in words */
  constructor(status: RefusalStatus, asked: string) {
    const { code, meaning } = STATUS[status];
    const message = `The device refused "${asked}": ${meaning}. ${ERROR_CODES[code].advice}`;
    super(code, message, { status, request: asked });
    this.status = status;
  }
}
