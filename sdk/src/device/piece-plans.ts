import { ProtocolError } from '../protocol/errors.js';
import type { Reply } from '../protocol/replies.js';
import { describeRequest, type Request } from '../protocol/requests.js';
import type { Plan } from './plan.js';
import { inputRequests } from './plans.js';
import { acceptedValue } from './refusal.js';
import { MAX_RESENDS } from './timeouts.js';

type PieceRequest = Request & { readonly type: 'read' | 'values' };

/** Takes the bytes of a reply. @throws DeviceError when the device refused; ProtocolError when they are not as many as asked */
function pieceOf(request: PieceRequest, reply: Reply): Uint8Array {
  const bytes = acceptedValue(request, reply);
  if (bytes.length === request.length) return bytes;
  throw new ProtocolError(
    'unexpected-reply',
    `The device sent ${bytes.length} bytes for "${describeRequest(request)}", which asks for ${request.length}. ` +
      'Flash the firmware of this version.',
    { expected: request.length, actual: bytes.length },
  );
}

/** Plans the reading of a part of a slot into `target`, in pieces that are sent ahead. */
export function readPlan(
  slot: number,
  offset: number,
  target: Uint8Array,
  pieceBytes: number,
  onProgress: (readBytes: number) => void,
): Plan {
  const request = (index: number): Request & { readonly type: 'read' } => {
    const at = index * pieceBytes;
    return { type: 'read', slot, offset: offset + at, length: Math.min(pieceBytes, target.length - at) };
  };
  const steps = Math.ceil(target.length / pieceBytes);
  return {
    step: (index) => (index < steps ? [request(index)] : undefined),
    finish(index, [reply]) {
      const asked = request(index);
      target.set(pieceOf(asked, reply), index * pieceBytes);
      onProgress(index * pieceBytes + asked.length);
    },
    ahead: true,
    heedsDamage: true,
    maxResends: MAX_RESENDS,
  };
}

/** Runs of a circuit are dear: its values come in few pieces. */
const VALUES_PIECE_BYTES = 4096;

/**
 * Plans the reading of the values that `layers` layers give for an input, into `target`. Every piece comes with the
 * input before it, so that no other request can change what it is computed from.
 */
export function valuesPlan(input: Uint8Array, layers: number, target: Uint8Array, pieceBytes: number): Plan {
  const request = (index: number): Request & { readonly type: 'values' } => {
    const offset = index * VALUES_PIECE_BYTES;
    return { type: 'values', layers, offset, length: Math.min(VALUES_PIECE_BYTES, target.length - offset) };
  };
  const inputs = inputRequests(input, pieceBytes);
  const steps = Math.ceil(target.length / VALUES_PIECE_BYTES);
  return {
    step: (index) => (index < steps ? [...inputs, request(index)] : undefined),
    finish(index, replies) {
      inputs.forEach((asked, position) => {
        acceptedValue(asked, replies[position]);
      });
      target.set(pieceOf(request(index), replies[inputs.length]), index * VALUES_PIECE_BYTES);
    },
    ahead: true,
    heedsDamage: true,
    maxResends: MAX_RESENDS,
  };
}
