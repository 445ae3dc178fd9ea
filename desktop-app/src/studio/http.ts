import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { findPageFile } from '../host/page-files.js';
import { pageHeaders } from '../host/page-policy.js';
import { isOwnHost } from './origin.js';

/** The page talks to the studio over a WebSocket. */
const HEADERS = pageHeaders("'self'");

/** Answers requests for the files of the page, and for nothing else. They hold no secret, so they need no token. */
export async function servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (status: number, text: string): void => {
    response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  };
  if (!isOwnHost(request.headers.host)) {
    refuse(403, 'The studio answers on this computer alone. Open it as http://127.0.0.1 or http://localhost.');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(405, 'The studio has pages, and takes nothing.');
    return;
  }
  const file = await findPageFile(request.url ?? '/');
  if (file === undefined) {
    refuse(404, 'The studio has no such page.');
    return;
  }
  response.writeHead(200, {
    ...HEADERS,
    'content-type': file.type,
    'content-length': file.bytes,
    'cache-control': 'no-cache',
  });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file.path).pipe(response);
}
