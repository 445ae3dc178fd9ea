import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Feedback as a controller posts it. */
export interface ToldFeedback {
  readonly action: 'deploymentBase' | 'cancelAction';
  readonly id: string;
  readonly execution: string;
  readonly finished: string;
  readonly details: readonly string[];
}

interface Deployed {
  readonly id: string;
  readonly files: readonly { readonly filename: string; readonly bytes: Uint8Array }[];
  readonly update: string;
  cancelled: boolean;
}

export interface DdiPeerOptions {
  readonly tenant: string;
  readonly controllerId: string;
  readonly token: string;
}

const EXECUTIONS = 'closed proceeding canceled scheduled rejected resumed downloaded download'.split(' ');
const FINISHED = ['success', 'failure', 'none'];

/**
 * A server that keeps to the Direct Device Integration API of hawkBit as its reference describes it (paths, fields, codes), and to
 * nothing else. It refuses what the reference does not allow and keeps what it was told.
 */
export class DdiPeer {
  readonly told: ToldFeedback[] = [];
  /** Ranges of the downloads, and paths of requests without a right token. */
  readonly ranges: (string | undefined)[] = [];
  readonly refused: string[] = [];
  /** How often the wish to cancel was read. */
  cancelsRead = 0;
  configData: Readonly<Record<string, string>> | undefined;
  wantsConfigData = false;
  sleep = '00:00:01';
  /** Cut the next download after so many bytes. */
  cutAfter: number | undefined;
  /** What the cut waits for: a stream that fails loses what has come and was not read yet. */
  cutWhen: () => Promise<void> = () => Promise.resolve();
  /** Change a byte of the next download. */
  damages = false;
  /** Called before a feedback is kept. */
  onFeedback: (feedback: ToldFeedback) => void = () => undefined;
  #deployed: Deployed | undefined;
  readonly #options: DdiPeerOptions;
  readonly #server: Server;
  #actions = 0;

  constructor(options: DdiPeerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Assigns files to the controller; gives the id of the action. */
  deploy(files: Deployed['files'], update = 'forced'): string {
    this.#deployed = { id: String(++this.#actions), files, update, cancelled: false };
    return this.#deployed.id;
  }

  /** Lets an update that was to be downloaded only be installed, as when a maintenance window opens. */
  openWindow(): void {
    this.#deployed = { ...this.#deployed!, update: 'forced' };
  }

  /** Wants the action cancelled. */
  cancel(): void {
    if (this.#deployed) this.#deployed.cancelled = true;
  }

  /** Closes the action on this side, whatever the controller does. */
  forceClose(): void {
    this.#deployed = undefined;
  }

  get isOpen(): boolean {
    return this.#deployed !== undefined;
  }

  /** What was told of an action in the end. */
  closed(id: string): ToldFeedback | undefined {
    return this.told.find((one) => one.id === id && one.execution === 'closed');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { tenant, controllerId, token } = this.#options;
    const path = new URL(request.url!, this.url).pathname;
    const base = `/${tenant}/controller/v1/${controllerId}`;
    const rest = path.slice(base.length).split('/').slice(1);
    if (request.headers.authorization !== `TargetToken ${token}`) {
      this.refused.push(path);
      reply(response, 401);
    } else if (!path.startsWith(base)) reply(response, 404);
    else if (request.method === 'GET' && rest[0] === 'softwaremodules') this.#download(request, response, rest.at(-1)!);
    else if (request.method === 'GET') this.#get(rest, response);
    else reply(response, await this.#take(rest, request));
  }

  #get(path: readonly string[], response: ServerResponse): void {
    const [action, id] = path;
    const deployed = this.#deployed?.id === id ? this.#deployed : undefined;
    const { cancelled } = deployed ?? {};
    if (path.length === 0) reply(response, 200, this.#base());
    else if (action === 'deploymentBase' && cancelled === false) reply(response, 200, this.#deployment(deployed!));
    else if (action === 'cancelAction' && cancelled === true) {
      this.cancelsRead++;
      reply(response, 200, { id, cancelAction: { stopId: id } });
    } else reply(response, 404);
  }

  /** Takes what a controller puts or posts; gives the code of the reply. */
  #take([action, id, what]: readonly string[], request: IncomingMessage): Promise<number> {
    if (request.method === 'PUT' && action === 'configData') return this.#keepConfigData(request);
    if (request.method === 'POST' && what === 'feedback') return this.#keepFeedback(request, action, id);
    return Promise.resolve(405);
  }

  get #link(): string {
    return `${this.url}/${this.#options.tenant}/controller/v1/${this.#options.controllerId}`;
  }

  #base(): unknown {
    const deployed = this.#deployed;
    const action = deployed && (deployed.cancelled ? 'cancelAction' : 'deploymentBase');
    return {
      config: { polling: { sleep: this.sleep } },
      _links: {
        ...(action && { [action]: { href: `${this.#link}/${action}/${deployed.id}?c=42` } }),
        ...(this.wantsConfigData && { configData: { href: `${this.#link}/configData` } }),
      },
    };
  }

  #deployment({ id, files, update }: Deployed): unknown {
    const artifacts = files.map(({ filename, bytes }) => ({
      filename,
      hashes: {
        sha1: createHash('sha1').update(bytes).digest('hex'),
        md5: createHash('md5').update(bytes).digest('hex'),
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
      size: bytes.length,
      _links: { 'download-http': { href: `${this.#link}/softwaremodules/1/artifacts/${filename}` } },
    }));
    const chunks = [{ part: 'bApp', version: '1.0', name: 'circuit', artifacts }];
    return { id, deployment: { download: 'forced', update, chunks } };
  }

  #download(request: IncomingMessage, response: ServerResponse, filename: string): void {
    const file = this.#deployed?.files.find((one) => one.filename === filename);
    if (file === undefined) {
      reply(response, 404);
      return;
    }
    const { range } = request.headers;
    this.ranges.push(range);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const bytes = file.bytes.slice(from);
    if (this.damages) bytes[bytes.length >> 1] ^= 1;
    this.damages = false;
    const total = file.bytes.length;
    const partial = { 'Content-Range': `bytes ${from}-${total - 1}/${total}` };
    response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': bytes.length, ...(from > 0 && partial) });
    if (this.cutAfter === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, this.cutAfter), () => void this.cutWhen().then(() => response.destroy()));
    this.cutAfter = undefined;
  }

  async #keepConfigData(request: IncomingMessage): Promise<number> {
    const body = await bodyOf(request);
    const data = body?.['data'] as Readonly<Record<string, string>> | undefined;
    if (data === undefined || Object.values(data).some((value) => typeof value !== 'string')) return 400;
    this.configData = data;
    this.wantsConfigData = false;
    return 200;
  }

  async #keepFeedback(request: IncomingMessage, action: string, id: string): Promise<number> {
    const body = await bodyOf(request);
    const status = body?.['status'] as
      { execution: string; result: { finished: string }; details?: readonly string[] } | undefined;
    const known = action === 'deploymentBase' || action === 'cancelAction';
    if (!known || !EXECUTIONS.includes(status?.execution ?? '') || !FINISHED.includes(status!.result.finished))
      return 400;
    if (this.#deployed?.id !== id) return 410;
    const { execution, result, details = [] } = status!;
    const feedback = { action, id, execution, finished: result.finished, details } as const;
    this.onFeedback(feedback);
    this.told.push(feedback);
    if (execution === 'closed') this.#deployed = undefined;
    else if (execution === 'rejected' && action === 'cancelAction') this.#deployed.cancelled = false;
    return 200;
  }
}

function reply(response: ServerResponse, code: number, body?: unknown): void {
  response.writeHead(code, { 'Content-Type': 'application/hal+json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  try {
    return JSON.parse(Buffer.concat(pieces).toString()) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
