import { readFileSync, readdirSync } from 'node:fs';

/** Lists the guides of a folder by their headings. */
export const guideTable = (folder: string): string =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => {
      const title = /^# (.+)$/m.exec(readFileSync(`${folder}/${file}`, 'utf8'))?.[1];
      if (title === undefined) throw new Error(`${folder}/${file} has no heading.`);
      return `- [${title}](guides/${file})`;
    })
    .join('\n');
