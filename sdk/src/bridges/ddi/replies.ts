import { BridgeError } from '../errors.js';

/** What a server wants of a controller at the moment. */
export interface ControllerBase {
  /** How long to wait until the next poll, in milliseconds; undefined if the server leaves it open. */
  readonly sleepMs: number | undefined;
  /** Where to put attributes of the device, if the server wants them. */
  readonly configData: string | undefined;
  readonly deploymentBase: string | undefined;
  readonly cancelAction: string | undefined;
}

export type Handling = 'skip' | 'attempt' | 'forced';

/** A file of a deployment. */
export interface Artifact {
  readonly filename: string;
  readonly bytes: number;
  /** Hexadecimal; by the strongest hash that the server gives. */
  readonly hash: { readonly algorithm: 'sha256' | 'sha1'; readonly digest: string };
  readonly url: string;
}

export interface Deployment {
  readonly id: string;
  readonly download: Handling;
  readonly update: Handling;
  readonly artifacts: readonly Artifact[];
}

const ID = /^[0-9A-Za-z-]{1,64}$/;
const SLEEP = /^(\d{1,3}):([0-5]\d):([0-5]\d)$/;
const HEXADECIMAL = /^[0-9a-f]+$/;
const DIGEST_CHARACTERS = { sha256: 64, sha1: 40 } as const;
const MAX_ARTIFACTS = 100;

/** Reads the reply to a poll. @throws BridgeError `bridge.bad-reply`, as the functions below do */
export function readControllerBase(value: unknown): ControllerBase {
  const base = objectOf(value, 'the reply to the poll');
  const links = objectOf(base['_links'] ?? {}, '_links');
  return {
    sleepMs: sleepOf(base['config']),
    configData: linkOf(links, 'configData'),
    deploymentBase: linkOf(links, 'deploymentBase'),
    cancelAction: linkOf(links, 'cancelAction'),
  };
}

/** Reads a deployment. */
export function readDeployment(value: unknown): Deployment {
  const base = objectOf(value, 'the deployment');
  const deployment = objectOf(base['deployment'], 'deployment');
  const chunks = arrayOf(deployment['chunks'], 'chunks');
  const artifacts = chunks.flatMap((chunk) => arrayOf(objectOf(chunk, 'a chunk')['artifacts'], 'artifacts'));
  if (artifacts.length > MAX_ARTIFACTS) throw bad(`artifacts has ${artifacts.length} entries`);
  return {
    id: idOf(base['id'], 'id'),
    download: handlingOf(deployment['download'], 'download'),
    update: handlingOf(deployment['update'], 'update'),
    artifacts: artifacts.map(artifactOf),
  };
}

/** Reads which action a server wants to stop, and the id of its wish. */
export function readCancel(value: unknown): { readonly id: string; readonly stopId: string } {
  const base = objectOf(value, 'the cancel action');
  const { stopId } = objectOf(base['cancelAction'], 'cancelAction');
  return { id: idOf(base['id'], 'id'), stopId: idOf(stopId, 'stopId') };
}

function artifactOf(value: unknown): Artifact {
  const artifact = objectOf(value, 'an artifact');
  const { filename, size } = artifact;
  if (typeof filename !== 'string') throw bad('an artifact has no filename');
  if (!Number.isSafeInteger(size) || (size as number) < 0) throw bad('an artifact has no size');
  const links = objectOf(artifact['_links'], '_links of an artifact');
  const url = linkOf(links, 'download') ?? linkOf(links, 'download-http');
  if (url === undefined) throw bad('an artifact has no download link');
  return { filename, bytes: size as number, hash: hashOf(objectOf(artifact['hashes'], 'hashes')), url };
}

function hashOf(hashes: Readonly<Record<string, unknown>>): Artifact['hash'] {
  for (const algorithm of ['sha256', 'sha1'] as const) {
    const given = hashes[algorithm];
    if (typeof given !== 'string') continue;
    const digest = given.toLowerCase();
    if (digest.length === DIGEST_CHARACTERS[algorithm] && HEXADECIMAL.test(digest)) return { algorithm, digest };
    throw bad(`${algorithm} of an artifact is no hash`);
  }
  throw bad('an artifact has neither sha256 nor sha1');
}

function sleepOf(config: unknown): number | undefined {
  if (config === undefined || config === null) return undefined;
  const { sleep } = objectOf(objectOf(config, 'config')['polling'] ?? {}, 'polling');
  if (sleep === undefined || sleep === null) return undefined;
  const match = typeof sleep === 'string' ? SLEEP.exec(sleep) : null;
  if (match === null) throw bad('sleep is no time such as 00:05:00');
  const [hours, minutes, seconds] = match.slice(1).map(Number);
  return 1000 * (3600 * hours + 60 * minutes + seconds);
}

function linkOf(links: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (links[name] === undefined || links[name] === null) return undefined;
  const { href } = objectOf(links[name], name);
  if (typeof href === 'string' && URL.canParse(href)) return href;
  throw bad(`the link ${name} has no address`);
}

/** Reads an id, which becomes a part of an address. Some servers give numbers. */
function idOf(value: unknown, what: string): string {
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id === 'string' && ID.test(id)) return id;
  throw bad(`${what} is no id`);
}

function handlingOf(value: unknown, what: string): Handling {
  if (value === 'skip' || value === 'attempt' || value === 'forced') return value;
  throw bad(`${what} is neither skip nor attempt nor forced`);
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw bad(`${what} is no object`);
}

function arrayOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw bad(`${what} is no list`);
}

const bad = (what: string): BridgeError =>
  new BridgeError(
    'bad-reply',
    `The update server does not answer as DDI says: ${what}. Check that its address is that of a hawkBit server.`,
    { what },
  );
