/** What the site calls documents and modules, and under what it lists them. */
import { readdirSync } from 'node:fs';
import { ReflectionKind, type CommentDisplayPart, type ProjectReflection } from 'typedoc';

/** What to read first; all others follow by their names. */
const FIRST = ['tutorial', 'method', 'troubleshooting', 'glossary'].map((name) => `docs/${name}.md`);

/** Lists the documents of the repository: everything in docs/, and what else a link may lead to. */
export function documentsOf(root: string): readonly string[] {
  const markdown = (folder: string): readonly string[] =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
      .map((file) => `${folder}/${file}`)
      .sort();
  const rest = [
    ...markdown('docs'),
    'firmware-templates/README.md',
    'tests/campaigns/README.md',
    ...markdown('examples'),
  ];
  return [...new Set([...FIRST, ...rest])].map((file) => root + file);
}

const GROUPS: Readonly<Record<string, string>> = {
  guides: 'Guides',
  reference: 'Reference',
  formats: 'Formats',
  results: 'Results',
  decisions: 'Decisions',
  docs: 'Overview',
};

/** Returns the group of a document: that of its folder. */
export const groupOf = (path: string): string => GROUPS[path.split('/').at(-2) ?? ''] ?? 'Examples';

/** Returns the first heading of a document. */
export const titleOf = (content: readonly CommentDisplayPart[]): string | undefined =>
  /^# (.+)$/m.exec(content.map(({ text }) => text).join(''))?.[1]?.replaceAll('`', '');

/** Names a package by its folder, and each of its doors by what a program imports. */
export function nameDoors(project: ProjectReflection): void {
  for (const unit of project.children ?? []) {
    const name = unit.name;
    const doors = (unit.children ?? []).filter((child) => child.kindOf(ReflectionKind.Module));
    for (const door of doors) door.name = [name, door.name].filter((part) => part !== '' && part !== '.').join('/');
    unit.name = name.replace('@adiabit/', '');
  }
}
