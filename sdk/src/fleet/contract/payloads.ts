import { FleetError } from '../errors.js';
import { MESSAGES, type MessageKind, type MessageName, type Payload } from './messages.js';

/**
 * Reads what somebody published.
 * @throws FleetError `fleet.message-too-large` before anything looks into it, `fleet.bad-message` for what is not JSON
 * of the message's schema
 */
export function decodePayload<N extends MessageName>(name: N, payload: Uint8Array): Payload<N> {
  const { maxBytes, schema }: MessageKind = MESSAGES[name];
  if (payload.length > maxBytes)
    throw new FleetError(
      'message-too-large',
      `A message of ${payload.length} bytes, of which ${maxBytes} are allowed.`,
      {
        bytes: payload.length,
        maxBytes,
      },
    );
  if (schema === undefined) return payload as Payload<N>;
  const result = schema.safeParse(parsed(payload));
  if (result.success) return result.data as Payload<N>;
  const [issue] = result.error.issues;
  throw new FleetError('bad-message', `${issue.path.join('.') || 'the message'}: ${issue.message}`, {
    field: issue.path.join('.'),
  });
}

/**
 * Returns the bytes of a message.
 * @throws FleetError as `decodePayload` does, so that nothing is published that nobody would read
 */
export function encodePayload<N extends MessageName>(name: N, value: Payload<N>): Uint8Array {
  const payload = value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value));
  decodePayload(name, payload);
  return payload;
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (error) {
    throw new FleetError('bad-message', 'The message is not JSON in UTF-8.', {}, error);
  }
}
