import { execFileSync } from 'node:child_process';

/** Which of the tools are missing here: a suite that needs them is skipped and says so in its title. */
export function missingTools(...tools: readonly string[]): readonly string[] {
  return tools.filter((tool) => {
    try {
      execFileSync(tool, ['--version'], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

/** `title`, with the missing tools named. */
export const titled = (title: string, missing: readonly string[]): string =>
  missing.length === 0 ? title : `${title} (skipped: ${missing.join(', ')} not installed)`;
