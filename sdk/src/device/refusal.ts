import { DeviceError } from '../protocol/errors.js';
import type { Reply, ReplyValues } from '../protocol/replies.js';
import { describeRequest, type Request, type RequestType } from '../protocol/requests.js';

/**
 * Returns the fields of a reply to `request`.
 * @throws DeviceError when the device refused.
 */
export function acceptedValue<T extends RequestType>(request: Request & { readonly type: T }, reply: Reply) {
  if (reply.status !== 'ok') throw new DeviceError(reply.status, describeRequest(request));
  return reply.value as ReplyValues[T];
}
