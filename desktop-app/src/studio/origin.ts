/** Names of this computer. A page of another site that makes its name point here ("rebinding") sends its own name. */
const OWN_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Tells whether a `Host` header names this computer, at any port: a tunnel may have another one. */
export function isOwnHost(host: string | undefined): host is string {
  if (host === undefined) return false;
  const match = /^(\[[0-9a-f:]+\]|[^:]+)(?::\d{1,5})?$/i.exec(host);
  return match !== null && OWN_NAMES.has(match[1].toLowerCase());
}

/** Tells whether a request comes from the page that this server gave out: its origin is the host that it asks. */
export const isOwnOrigin = (origin: string | undefined, host: string | undefined): boolean =>
  isOwnHost(host) && origin === `http://${host}`;
