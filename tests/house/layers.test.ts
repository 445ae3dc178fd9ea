import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Import {
  /** File that imports, relative to the root. */
  readonly from: string;
  /** A file relative to the root for relative imports, else the package specifier. */
  readonly to: string;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
  /** `import()` at run time. */
  readonly lazy: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter(
      (file) =>
        /\.(ts|tsx|mts|cts)$/.test(file) && !/(^|\/)(dist|node_modules)\//.test(file) && !file.endsWith('.test.ts'),
    );
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, lazy: boolean): void => {
    const to = specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
    found.push({ from: file, to, typeOnly, lazy });
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const typeOnly = ts.isImportDeclaration(node)
        ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
        : node.isTypeOnly;
      add((node.moduleSpecifier as ts.StringLiteral).text, typeOnly, false);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (ts.isStringLiteral(specifier)) add(specifier.text, false, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const importsIn = (folder: string): Import[] => sourceFiles(folder).flatMap(importsOf);

/** Imports that break a rule, as "file imports what". */
const offenders = (imports: readonly Import[], forbidden: (to: string, one: Import) => boolean): string[] =>
  imports.filter((one) => forbidden(one.to, one)).map(({ from, to }) => `${from} imports ${to}`);

/** Packages that a page can load. */
const BROWSER_PACKAGES = /^@adiabit\/simulator\/|^mathjs\/lib\/browser/;
const TENSOR_LIBRARY = /^@tensorflow\//;
const inFolder = (to: string, folder: string): boolean => to === folder || to.startsWith(`${folder}/`);

describe('the layers', () => {
  it('are all read: every package has sources', () => {
    expect(importsIn('simulator/src').length).toBeGreaterThan(10);
    expect(importsIn('sdk/src').length).toBeGreaterThan(10);
  });

  it('keep the simulator free of other workspaces, serial ports and tensor libraries', () => {
    const forbidden = (to: string): boolean =>
      /^@adiabit\/|^electron$|^serialport|^@serialport\//.test(to) ||
      TENSOR_LIBRARY.test(to) ||
      ['sdk', 'firmware-templates', 'desktop-app', 'tests'].some((workspace) => inFolder(to, workspace));
    expect(offenders(importsIn('simulator/src'), forbidden)).toEqual([]);
  });

  it('let the simulator run in browsers: Node modules are used by boards, workers and matchers for tests only', () => {
    const forNode = ['simulator/src/boards', 'simulator/src/testing', 'simulator/src/workers'];
    const browser = importsIn('simulator/src').filter(({ from }) => !forNode.some((folder) => inFolder(from, folder)));
    expect(offenders(browser, (to) => to.startsWith('node:') || to === 'vitest')).toEqual([]);
    expect(offenders(browser, (to) => forNode.some((folder) => inFolder(to, folder)))).toEqual([]);
  });

  it('let the sdk reach the simulator and the firmware through their packages only', () => {
    const forbidden = (to: string): boolean =>
      ['simulator', 'firmware-templates', 'desktop-app', 'tests'].some((workspace) => inFolder(to, workspace)) ||
      /^electron$|^@adiabit\/(desktop-app|tests)/.test(to);
    expect(offenders(importsIn('sdk/src'), forbidden)).toEqual([]);
  });

  it('let the page of the app reach the contract and nothing else: no Node, no Electron, no serial port, no SDK', () => {
    const page = importsIn('desktop-app/src/renderer');
    expect(page.length).toBeGreaterThan(20);
    const reached = (to: string): boolean =>
      to.startsWith('desktop-app/')
        ? !['common', 'renderer'].some((folder) => inFolder(to, `desktop-app/src/${folder}`))
        : /^node:|^electron$|serialport|^ws$|^@adiabit\/sdk/.test(to);
    expect(offenders(page, reached)).toEqual([]);
  });

  it('let the page have the types of the contract alone: its schemas compile code, which the policy of the page forbids', () => {
    const values = importsIn('desktop-app/src/renderer').filter(({ typeOnly }) => !typeOnly);
    const schemas = (to: string): boolean => to === 'zod' || inFolder(to, 'desktop-app/src/common/contract');
    expect(offenders(values, schemas)).toEqual([]);
    expect(offenders(values, (to) => to.startsWith('desktop-app/src/common/contract.'))).toEqual([]);
  });

  it('keep the contract of the app free of all that does work, and its services and hosts free of the page', () => {
    const app = importsIn('desktop-app/src');
    const common = app.filter(({ from }) => inFolder(from, 'desktop-app/src/common'));
    const work = (to: string): boolean =>
      to.startsWith('desktop-app/')
        ? !inFolder(to, 'desktop-app/src/common')
        : !/^zod$|^@adiabit\/simulator\/errors$/.test(to);
    expect(offenders(common, work)).toEqual([]);
    const behind = app.filter(({ from }) => !inFolder(from, 'desktop-app/src/renderer'));
    expect(offenders(behind, (to) => inFolder(to, 'desktop-app/src/renderer') || /preact|uplot/.test(to))).toEqual([]);
    const electron = behind.filter(({ from }) => !/desktop-app\/src\/(main|preload)\//.test(from));
    expect(offenders(electron, (to) => to === 'electron' || inFolder(to, 'desktop-app/src/main'))).toEqual([]);
    const services = behind.filter(({ from }) => inFolder(from, 'desktop-app/src/services'));
    expect(offenders(services, (to) => /desktop-app\/src\/(host|studio|main)\//.test(to))).toEqual([]);
  });

  it('keep tensor libraries inside sdk/src/train, loaded when training starts, and their types in the door for them', () => {
    const sdk = importsIn('sdk/src');
    const outside = sdk.filter(
      ({ from }) => !['sdk/src/train', 'sdk/src/tfjs'].some((folder) => inFolder(from, folder)),
    );
    expect(offenders(outside, (to) => TENSOR_LIBRARY.test(to))).toEqual([]);
    const eager = sdk.filter(({ typeOnly, lazy }) => !typeOnly && !lazy);
    expect(offenders(eager, (to) => TENSOR_LIBRARY.test(to))).toEqual([]);
  });

  /** The folders of a package in the order in which they may import one another; a file at the top is a folder of its own. */
  const orders: Readonly<Record<string, readonly string[]>> = {
    'simulator/src': [
      ...[
        'error-codes.ts',
        'errors.ts',
        'random.ts',
        'steps.ts',
        'types',
        'text',
        'bits',
        'boards',
        'netlist',
        'network',
        'bitstream',
        'circuit/circuit.ts',
        'circuit/scan-port.ts',
        'circuit/unrolled',
        'circuit/folded',
        'engines',
      ],
      ...[
        'circuit/loading',
        'circuit/index.ts',
        'trace',
        'faults',
        'coverage',
        'diff',
        'analysis.ts',
        'interchange',
        'workers',
        'testing',
      ],
      'index.ts',
    ],
    'sdk/src': [
      ...[
        'version.ts',
        'random.ts',
        'types',
        'packages',
        'files',
        'files.ts',
        'text',
        'protocol',
        'signature',
        'boards',
        'device',
        'loaders',
        'board-check',
      ],
      ...[
        'model',
        'compile',
        'train',
        'tfjs',
        'interchange',
        'polish',
        'report',
        'explain',
        'reproduce',
        'project',
        'workflow',
        'sweep',
        'fleet',
        'index.ts',
        'cli',
      ],
    ],
    'sdk/src/train': [
      ...['backends', 'network', 'datasets', 'forward', 'logic', 'augmentation', 'schedules'],
      ...['learning', 'evaluation', 'freezing', 'recipes', 'checkpoints'],
    ],
  };

  it.each(Object.entries(orders))(
    'keep the folders of %s in one order: each imports only those before it',
    (top, order) => {
      const place = (file: string): number =>
        order.findIndex((folder) => inFolder(file.replace(/\.js$/, '.ts'), `${top}/${folder}`));
      const ordered = importsIn(top).filter(({ from }) => place(from) >= 0 && !/\/src\/.+\/testing\//.test(from));
      const unused = order.filter(
        (_, index) => !ordered.some(({ from, to }) => place(from) === index || place(to) === index),
      );
      expect(unused.filter((folder) => folder !== 'types')).toEqual([]);
      const upward = (to: string, { from }: Import): boolean =>
        inFolder(to, top) && (place(to) < 0 || place(to) > place(from));
      expect(offenders(ordered, upward)).toEqual([]);
    },
  );

  it('have no file that imports itself through others, types included', () => {
    const imports = ['simulator/src', 'sdk/src'].flatMap(importsIn).filter(({ lazy }) => !lazy);
    const next = new Map<string, string[]>();
    for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to.replace(/\.js$/, '.ts')]);
    const finished = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (finished.has(file) || path.includes(file)) return;
      for (const one of next.get(file) ?? []) visit(one, [...path, file]);
      finished.add(file);
    };
    for (const file of next.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  /** Packages that loading the file loads, ours walked through. */
  function packagesLoadedBy(start: string): readonly string[] {
    const reached = new Set<string>();
    const packages = new Set<string>();
    const walk = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { to, typeOnly, lazy } of importsOf(file)) {
        if (typeOnly || lazy) continue;
        if (to.startsWith('sdk/')) walk(to.replace(/\.js$/, '.ts'));
        else packages.add(to);
      }
    };
    walk(start);
    return [...packages];
  }

  it('keep heavy libraries out of what "import @adiabit/sdk" loads', () => {
    const heavy = /tensorflow|mathjs|plot|linkedom|serialport|commander/;
    expect(packagesLoadedBy('sdk/src/index.ts').filter((name) => heavy.test(name))).toEqual([]);
  });

  it('keep heavy libraries and those of the command line out of what "import @adiabit/sdk/workflow" loads', () => {
    const heavy = /tensorflow|plot|linkedom|viz|commander|cli-progress|^serialport/;
    expect(packagesLoadedBy('sdk/src/workflow/index.ts').filter((name) => heavy.test(name))).toEqual([]);
  });

  it('keep consoles, exit codes and environments out of workflows', () => {
    const told = sourceFiles('sdk/src/workflow').filter((file) =>
      /\bconsole\.\w|\bprocess\.\w|node:process/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(told).toEqual([]);
  });

  it('let the door for TensorFlow.js run in browsers: all that it loads', () => {
    expect(packagesLoadedBy('sdk/src/tfjs/index.ts').filter((name) => !BROWSER_PACKAGES.test(name))).toEqual([]);
  });

  it('keep tensor libraries, and the thousand files of mathjs, out of what "import @adiabit/sdk/train" loads', () => {
    const loaded = packagesLoadedBy('sdk/src/train/index.ts');
    expect(loaded.filter((name) => /tensorflow|plot|linkedom|serialport|commander/.test(name))).toEqual([]);
    expect(loaded).not.toContain('mathjs');
    // Loaded when the door is, but with an error that says how to install it.
    const fractions = importsOf('sdk/src/model/fractions.ts').filter(({ lazy, typeOnly }) => lazy && !typeOnly);
    expect(fractions.map(({ to }) => to)).toEqual(['mathjs/lib/browser/math.js']);
  });
});
