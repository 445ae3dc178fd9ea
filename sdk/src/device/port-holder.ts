import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TransportError } from './errors.js';

/** A process that has a port open. */
export interface PortHolder {
  readonly pid: number;
  /** The program's name. */
  readonly program: string;
}

/**
 * Finds the processes that have a port open; none if that cannot be found out. Only those that this user may look into are seen, and on
 * Windows none.
 */
export async function holdersOf(path: string, platform = process.platform): Promise<readonly PortHolder[]> {
  try {
    if (platform === 'linux') return await holdersInProc(await realpath(path));
    if (platform === 'darwin') return await holdersByLsof(path);
  } catch {
    // Whoever holds it, the port is busy: that is said without a name.
  }
  return [];
}

const PROC = '/proc';

/** Looks through the open files of all processes. */
async function holdersInProc(device: string): Promise<readonly PortHolder[]> {
  const pids = (await readdir(PROC)).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid): Promise<readonly PortHolder[]> => {
      if (!(await hasOpen(pid, device))) return [];
      return [{ pid: Number(pid), program: (await readFile(join(PROC, pid, 'comm'), 'utf8')).trim() }];
    }),
  );
  return found.flat();
}

async function hasOpen(pid: string, device: string): Promise<boolean> {
  const folder = join(PROC, pid, 'fd');
  try {
    const links = await Promise.all(
      (await readdir(folder)).map((file) => readlink(join(folder, file)).catch(() => undefined)),
    );
    return links.includes(device);
  } catch {
    return false;
  }
}

/** Asks `lsof`, which comes with macOS; `-F` makes it print a field a line. */
async function holdersByLsof(path: string): Promise<readonly PortHolder[]> {
  const { stdout } = await promisify(execFile)('lsof', ['-F', 'pc', path]);
  return parseLsof(stdout);
}

/** Reads the processes from what `lsof -F pc` prints: `p4121`, then `carduino-cli`, and lines of no interest. */
export const parseLsof = (text: string): readonly PortHolder[] =>
  [...text.matchAll(/^p(\d+)\nc(.+)$/gm)].map(([, pid, program]) => ({ pid: Number(pid), program }));

/** Returns the failure to open a busy port, with who holds it. */
export async function busyPort(path: string, error: TransportError): Promise<TransportError> {
  const all = await holdersOf(path);
  const others = all.filter(({ pid }) => pid !== process.pid);
  if (all.length === 0) return error;
  const names = others.map(({ pid, program }) => `${pid} (${program})`).join(' and ');
  const message =
    others.length === 0
      ? `${path} is open already in this program. Close it there, then try again.`
      : `${path} is in use by process ${names}. Close its monitor, then try again.`;
  const details = { holders: all.map(({ pid }) => pid), programs: all.map(({ program }) => program) };
  return new TransportError('port-busy', message, { ...error.details, ...details }, error.cause);
}
