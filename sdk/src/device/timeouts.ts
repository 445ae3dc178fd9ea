import type { Request } from '../protocol/requests.js';

/** Times of `docs/formats/link.md`, section Time. */
export const HELLO_TIMEOUT_MS = 1000;
export const HELLO_TRIES = 3;
/** When a line that has said nothing at all is sent a line end, in case a console waits for one. */
export const LINE_END_AFTER_MS = 2500;
/** How often a request is sent again in a row without progress before the host gives up. */
export const MAX_RESENDS = 5;

const BEGIN_BASE_MS = 2000;
const BEGIN_MS_PER_4_KIB = 1000;
const WHOLE_SLOT_MS = 10_000;
/** What a device waits before an erase, for every erase that the slot has had. */
const MS_PER_ERASE = 1000 / 256;
const OTHER_MS = 2000;

/** Tells how long the host waits for the reply to `request`, in milliseconds, on real hardware. */
export function timeoutMsOf(request: Request): number {
  switch (request.type) {
    case 'hello':
      return HELLO_TIMEOUT_MS;
    case 'begin':
      return (
        BEGIN_BASE_MS + BEGIN_MS_PER_4_KIB * Math.ceil(request.totalBytes / 4096) + MS_PER_ERASE * (request.erases ?? 0)
      );
    case 'confirm':
      return WHOLE_SLOT_MS + MS_PER_ERASE * (request.erases ?? 0);
    case 'authorize':
    case 'keys':
    case 'verify':
    case 'activate':
      return WHOLE_SLOT_MS;
    default:
      return OTHER_MS;
  }
}
