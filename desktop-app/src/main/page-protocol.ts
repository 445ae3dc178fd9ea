import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { findPageFile } from '../host/page-files.js';
import { pageHeaders } from '../host/page-policy.js';

const SCHEME = 'app';
const HOST = 'page';

/** The address of the page. A scheme of our own can be given rights of its own, which `file:` cannot. */
export const PAGE_URL = `${SCHEME}://${HOST}/`;

/** The page asks its preload script for everything, so it connects to nothing. */
const HEADERS = pageHeaders("'none'");

/** Tells whether a URL is of the page. */
export function isPageUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol: scheme, host } = new URL(url);
  return scheme === `${SCHEME}:` && host === HOST;
}

/** Makes the scheme one that has an origin, as `https:` has. Electron takes this only before it is ready. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers requests for the files of the page, and for nothing else. */
export function servePage(session: Session): void {
  session.protocol.handle(SCHEME, async ({ method, url }) => {
    const file = method === 'GET' && isPageUrl(url) ? await findPageFile(url) : undefined;
    return file === undefined
      ? new Response('The app has no such page.\n', {
          status: 404,
          headers: { ...HEADERS, 'content-type': 'text/plain' },
        })
      : new Response(await readFile(file.path), { headers: { ...HEADERS, 'content-type': file.type } });
  });
}
