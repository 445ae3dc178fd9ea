/**
 * Writes what each package exports: a line for every door (subpath) and name, sorted; types are marked. The lists are the
 * public surface, so a change of it shows in a diff.
 *
 *     npm run generate
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly types: string }>>;
}

/** Doors of a package, each with the source file behind it. */
function doorsOf(folder: string): readonly (readonly [door: string, file: string])[] {
  const { exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  return Object.entries(exports).map(([door, { types }]) => [
    door,
    join(root, folder, types.replace('./dist/', 'src/').replace('.d.ts', '.ts')),
  ]);
}

function exportLines(folder: string): string {
  const doors = doorsOf(folder);
  const config = ts.readConfigFile(join(root, folder, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(root, folder));
  const program = ts.createProgram({ rootNames: doors.map(([, file]) => file), options });
  const checker = program.getTypeChecker();
  const lines = doors.flatMap(([door, file]) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${folder} exports ${door}, but ${file} is no module.`);
    return checker.getExportsOfModule(module).map((symbol) => {
      const aliased = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const isValue = (aliased.flags & ts.SymbolFlags.Value) !== 0;
      return `${door} ${symbol.name}${isValue ? '' : ' (type)'}`;
    });
  });
  return `${lines.sort().join('\n')}\n`;
}

/** Where the list of each package stands, and what it has to say. */
export const exportLists = (): readonly { readonly path: string; readonly text: string }[] =>
  ['simulator', 'sdk'].map((folder) => ({ path: join(root, folder, 'exports.txt'), text: exportLines(folder) }));

const main = (): void => {
  for (const { path, text } of exportLists()) writeFileSync(path, text);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
