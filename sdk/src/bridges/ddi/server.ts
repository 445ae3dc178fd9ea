import { open, stat } from 'node:fs/promises';
import { AdiabitError, CancelledError } from '@adiabit/simulator/errors';
import { explained } from '../../files/file-error.js';
import { reasonOf } from '../../files.js';
import { BridgeError } from '../errors.js';
import { readCancel, readControllerBase, readDeployment, type ControllerBase, type Deployment } from './replies.js';

/** How a controller says who it is: by a token of its own, or by one for all controllers behind a gateway. */
export interface DdiToken {
  readonly kind: 'target' | 'gateway';
  readonly token: string;
}

export interface DdiServerOptions {
  /** Such as `https://hawkbit.example.org`. */
  readonly url: string;
  /** (`DEFAULT`) */
  readonly tenant?: string;
  /** The name by which the server knows the device. */
  readonly controllerId: string;
  readonly token?: DdiToken | undefined;
}

/** What is told of an action. */
export interface Feedback {
  readonly execution: 'proceeding' | 'downloaded' | 'closed' | 'rejected';
  readonly finished: 'none' | 'success' | 'failure';
  readonly details: readonly string[];
  readonly progress?: { readonly cnt: number; readonly of: number };
}

const MAX_REPLY_BYTES = 1 << 20;
const REPLY_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const MAX_DETAIL_CHARACTERS = 500;

/** The Direct Device Integration API of a hawkBit server, for one controller. */
export class DdiServer {
  readonly #base: URL;
  readonly #token: DdiToken | undefined;

  /** @throws BridgeError `bridge.bad-option` */
  constructor({ url, tenant = 'DEFAULT', controllerId, token }: DdiServerOptions) {
    const server = parseServer(url);
    if (token !== undefined && server.protocol !== 'https:' && !LOOPBACK.has(server.hostname)) {
      const message = `${url} is not encrypted, and the token would be read on the way. Give an https address.`;
      throw new BridgeError('bad-option', message, { url });
    }
    const path = ['', tenant, 'controller', 'v1', controllerId].map(encodeURIComponent).join('/');
    this.#base = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server);
    this.#token = token;
  }

  async poll(signal?: AbortSignal): Promise<ControllerBase> {
    return readControllerBase(await this.#json(this.#base.href, signal));
  }

  /** Gets a deployment; undefined if the server has taken it back meanwhile. */
  async deployment(link: string, signal?: AbortSignal): Promise<Deployment | undefined> {
    const value = await this.#json(link, signal);
    return value === undefined ? undefined : readDeployment(value);
  }

  /** Gets a wish to cancel; undefined if the server has taken it back meanwhile. */
  async cancel(link: string, signal?: AbortSignal) {
    const value = await this.#json(link, signal);
    return value === undefined ? undefined : readCancel(value);
  }

  /** Puts attributes of the device. */
  async putConfigData(link: string, data: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
    await this.#send(link, 'PUT', { mode: 'merge', data }, signal);
  }

  /**
   * Tells how an action goes.
   * @returns false if the action is closed already, or not there any more
   */
  async feedback(
    action: 'deploymentBase' | 'cancelAction',
    id: string,
    feedback: Feedback,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { execution, finished, progress, details } = feedback;
    const link = `${this.#base.href}/${action}/${encodeURIComponent(id)}/feedback`;
    const result = { finished, ...(progress === undefined ? {} : { progress }) };
    const status = { execution, result, details: details.map((line) => line.slice(0, MAX_DETAIL_CHARACTERS)) };
    const { status: code } = await this.#send(link, 'POST', { id, status }, signal);
    return code !== 404 && code !== 410;
  }

  /**
   * Downloads a file to a path, from the byte on that is there already. The caller checks what came.
   * @param mostBytes more are not written
   */
  async download(link: string, path: string, mostBytes: number, signal?: AbortSignal): Promise<void> {
    const there = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    const from = there < mostBytes ? there : 0;
    const range = from > 0 ? { Range: `bytes=${from}-` } : {};
    const response = await this.#fetch(link, { headers: range }, DOWNLOAD_TIMEOUT_MS, signal);
    if (!response.ok) throw refusal(link, response.status);
    const append = response.status === 206 && resumesAt(response, from);
    let left = mostBytes - (append ? from : 0);
    // Written piece by piece: what has come stays when the rest does not.
    const file = await explained(path, open(path, append ? 'a' : 'w'));
    try {
      for await (const piece of piecesOf(response)) {
        left -= piece.length;
        if (left < 0) throw tooLarge(link, mostBytes);
        await explained(path, file.write(piece));
      }
    } catch (error) {
      throw asUnreachable(link, error, signal);
    } finally {
      await file.close();
    }
  }

  /** Gets a reply of the server; undefined if there is none at that address any more. */
  async #json(link: string, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#fetch(this.#own(link), {}, REPLY_TIMEOUT_MS, signal);
    if (response.status === 404 && link !== this.#base.href) return undefined;
    if (!response.ok) throw refusal(link, response.status);
    const bytes = await limitedBody(response, link, signal);
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
    } catch (error) {
      const message = `${new URL(link).origin} does not answer in JSON. Check that its address is that of a hawkBit server.`;
      throw new BridgeError('bad-reply', message, { url: link }, error);
    }
  }

  async #send(link: string, method: 'POST' | 'PUT', body: unknown, signal?: AbortSignal): Promise<Response> {
    const request = { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const response = await this.#fetch(this.#own(link), request, REPLY_TIMEOUT_MS, signal);
    if (!response.ok && response.status !== 404 && response.status !== 410) throw refusal(link, response.status);
    return response;
  }

  /** Checks that a link of a reply leads to the server itself: nothing else is told anything. */
  #own(link: string): string {
    if (new URL(link).origin === this.#base.origin) return link;
    const message = `The update server names ${link}, which is another server. Set its public address (hawkBit's artifact and DDI URLs).`;
    throw new BridgeError('bad-reply', message, { url: link });
  }

  async #fetch(link: string, request: RequestInit, timeoutMs: number, signal?: AbortSignal): Promise<Response> {
    const url = new URL(link);
    // Files may lie elsewhere; the token is for the server alone, so it follows no redirect.
    const token = this.#token !== undefined && url.origin === this.#base.origin ? this.#token : undefined;
    const names = { target: 'TargetToken', gateway: 'GatewayToken' } as const;
    const headers = new Headers(request.headers);
    headers.set('Accept', 'application/json, application/octet-stream');
    if (token !== undefined) headers.set('Authorization', `${names[token.kind]} ${token.token}`);
    const timeout = AbortSignal.timeout(timeoutMs);
    const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await fetch(url, {
        ...request,
        headers,
        signal: both,
        redirect: token === undefined ? 'follow' : 'error',
      });
    } catch (error) {
      throw asUnreachable(link, error, signal);
    }
  }
}

function parseServer(url: string): URL {
  const server = URL.canParse(url) ? new URL(url) : undefined;
  if (server !== undefined && /^https?:$/.test(server.protocol) && server.username === '') return server;
  const message = `${url} is no address of a server. Give one such as https://hawkbit.example.org.`;
  throw new BridgeError('bad-option', message, { url });
}

/** Gives the body of a reply as it comes. */
const piecesOf = (response: Response): AsyncIterable<Uint8Array> | readonly Uint8Array[] =>
  (response.body as AsyncIterable<Uint8Array> | null) ?? [];

/** Tells whether a partial reply goes on at a byte. */
const resumesAt = (response: Response, from: number): boolean =>
  (response.headers.get('Content-Range') ?? '').startsWith(`bytes ${from}-`);

async function limitedBody(response: Response, link: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of piecesOf(response)) {
      bytes += piece.length;
      if (bytes > MAX_REPLY_BYTES) throw tooLarge(link, MAX_REPLY_BYTES);
      pieces.push(piece);
    }
  } catch (error) {
    throw asUnreachable(link, error, signal);
  }
  return Buffer.concat(pieces);
}

const tooLarge = (link: string, most: number): BridgeError =>
  new BridgeError('bad-reply', `${new URL(link).origin} sends more than ${most} bytes. Check the artifact.`, {
    url: link,
  });

function refusal(link: string, status: number): BridgeError {
  const { origin } = new URL(link);
  if (status === 401 || status === 403) {
    const message = `${origin} refuses this controller (${status}). Check tenant, controller id and token.`;
    return new BridgeError('not-allowed', message, { url: link, status });
  }
  const message = `${origin} answers ${status} to ${new URL(link).pathname}. Check tenant and controller id.`;
  return new BridgeError(status >= 500 || status === 429 ? 'unreachable' : 'refused', message, { url: link, status });
}

function asUnreachable(link: string, error: unknown, signal: AbortSignal | undefined): Error {
  if (error instanceof AdiabitError) return error;
  if (signal?.aborted === true) return new CancelledError();
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const message = `${new URL(link).origin} cannot be reached: ${reasonOf(cause)}. Check its address and the network.`;
  return new BridgeError('unreachable', message, { url: link }, error);
}
