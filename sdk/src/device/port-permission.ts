import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { TransportError } from './errors.js';

/** What a person can do about a port that may not be used. */
interface Remedy {
  readonly advice: string;
  /** The group that may use the port. */
  readonly group?: string;
  /** A line for the terminal that mends it. */
  readonly fix?: string;
}

/** Returns the failure to open a port without permission, with the group that is missing and the line that mends it (Linux). */
export async function forbiddenPort(path: string, error: TransportError): Promise<TransportError> {
  if (process.platform !== 'linux') return error;
  const remedy = await remedyFor(path).catch(() => undefined);
  if (remedy === undefined) return error;
  const { advice, ...details } = remedy;
  return new TransportError(
    'permission-denied',
    `You may not use ${path}. ${advice}`,
    { ...error.details, ...details },
    error.cause,
  );
}

const GROUP_READS_AND_WRITES = 0o060;

async function remedyFor(path: string): Promise<Remedy> {
  const { mode, gid } = await stat(path);
  if ((mode & GROUP_READS_AND_WRITES) !== GROUP_READS_AND_WRITES) {
    const octal = (mode & 0o777).toString(8).padStart(3, '0');
    const fix = `sudo chmod a+rw ${quoted(path)}`;
    return { advice: `Its permissions (${octal}) let no group read and write it. Change them: ${fix}`, fix };
  }
  const { name, members } = await groupOf(gid);
  const { username } = userInfo();
  if (members.includes(username)) {
    return {
      advice: `You are in its group ${name}, but were not when you logged in. Log out and in again.`,
      group: name,
    };
  }
  const fix = `sudo usermod -a -G ${name} ${username}`;
  return { advice: `You are not in its group ${name}. Join it, then log out and in again: ${fix}`, group: name, fix };
}

/** Looks a group up in /etc/group, whose lines are `name:password:number:member,member`. */
async function groupOf(gid: number): Promise<{ readonly name: string; readonly members: readonly string[] }> {
  const lines = (await readFile('/etc/group', 'utf8')).split('\n').map((line) => line.split(':'));
  const [name, , , members = ''] = lines.find((fields) => fields[2] === String(gid)) ?? [String(gid)];
  return { name, members: members.split(',') };
}

const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
