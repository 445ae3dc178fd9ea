import { FleetError } from '../errors.js';

const PROTOCOLS: ReadonlySet<string> = new Set(['mqtt:', 'mqtts:']);

/**
 * Checks the address of a broker.
 * @throws FleetError `fleet.bad-option` for what is none, and for one with a password in it, which other users would see
 */
export function checkBrokerUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !PROTOCOLS.has(parsed.protocol) || parsed.hostname === '')
    throw new FleetError(
      'bad-option',
      `"${url}" is no address of a broker, such as mqtt://127.0.0.1:1883 or mqtts://broker.example.`,
    );
  if (parsed.password !== '' || parsed.username !== '')
    throw new FleetError(
      'bad-option',
      'User and password do not belong into the address of a broker, where others see them. Give them on their own.',
    );
  return parsed;
}
