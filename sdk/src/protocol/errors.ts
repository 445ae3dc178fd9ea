import { AdiabitError, type ErrorDetails } from '@adiabit/simulator';
import type { StatusName } from './constants.js';

export type ProtocolErrorKind = 'bad-frame' | 'unexpected-reply' | 'device-rejected' | 'version-mismatch';

/**
 * The bytes on the line are not the conversation they should be, or the device said no. `status` is the device's own
 * reason when `kind` is `device-rejected`.
 */
export class ProtocolError extends AdiabitError {
  readonly kind: ProtocolErrorKind;
  readonly status: StatusName | undefined;

  constructor(kind: ProtocolErrorKind, message: string, details: ErrorDetails & { status?: StatusName } = {}) {
    super(`protocol.${kind}`, message, details);
    this.kind = kind;
    this.status = details.status;
  }
}
