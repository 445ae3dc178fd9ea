import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT, type Page } from './page.js';

/** Returns what the compiler has to say of the TypeScript of pages, as a strict project that uses our packages. */
export async function checkTypes(pages: readonly Page[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'adiabit-types-'));
  try {
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const files = pages.flatMap((page) =>
      page.blocks
        .filter(({ language }) => language === 'ts')
        .map(({ line, file, code, before }) => ({
          path: join(folder, page.path, file ?? `line-${line}.ts`),
          text: `${before}${code}\nexport {};\n`,
        })),
    );
    for (const { path, text } of files) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    const program = ts.createProgram(
      files.map(({ path }) => path),
      {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2023.d.ts'],
        types: ['node'],
        typeRoots: [join(ROOT, 'node_modules/@types')],
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
      },
    );
    return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
      const line = file === undefined ? '' : `${file.getLineAndCharacterOfPosition(start).line + 1}`;
      const place = file?.fileName.replace(`${folder}/`, '') ?? '';
      return `${place}, line ${line} of the block: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
