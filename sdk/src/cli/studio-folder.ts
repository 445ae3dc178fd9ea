import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns the folder in which a user's programs keep what they know, as the operating system wants it. */
export function studioFolder(platform = process.platform, environment: NodeJS.ProcessEnv = process.env): string {
  const home = homedir();
  const parent =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : platform === 'win32'
        ? (environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
        : (environment['XDG_STATE_HOME'] ?? join(home, '.local', 'state'));
  return join(parent, 'adiabit');
}
