import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, run } from '../support/packages.js';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

let components: readonly Component[];
let locked: readonly (readonly [name: string, entry: Locked])[];

beforeAll(async () => {
  const { stdout } = await run('npm', ['run', '--silent', 'sbom'], { cwd: root, maxBuffer: 1 << 26 });
  const bom = JSON.parse(stdout) as { bomFormat: string; specVersion: string; components: readonly Component[] };
  expect([bom.bomFormat, bom.specVersion]).toEqual(['CycloneDX', '1.5']);
  components = bom.components;
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  locked = Object.entries(lock.packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .map(([path, entry]) => [path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), entry]);
});

const isDevelopment = ({ properties = [] }: Component): boolean =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');

/** Licences under which others may use, change and pass on what uses it. */
const PERMISSIVE =
  /^(MIT|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|Unlicense|CC0-1\.0|BlueOak-1\.0\.0|Python-2\.0|MIT-0|WTFPL)$/;
/**
 * A tool of Vite, which the matchers for Vitest bring with them: MPL-2.0, used as it is. And BSD-3-Clause by its text, but called
 * "BSD", which npm does not pass on. And in the public domain, with parts of pyfive under BSD-3-Clause, by the text of its LICENSE.txt.
 */
const LOOKED_AT = /^(lightningcss.*|nrf-intel-hex|jsfive)$/;

describe('npm run sbom', () => {
  it('lists every package of the lock file, with its version and the hash of its tarball', () => {
    expect(locked.length).toBeGreaterThan(200);
    const listed = new Map(components.map((component) => [`${component.name}@${component.version}`, component]));
    const wrong = locked.filter(([name, { version, integrity }]) => {
      const component = listed.get(`${name}@${version}`);
      const [, algorithm, hash = ''] = /^(\w+)-(.*)$/.exec(integrity ?? '') ?? [];
      const expected = integrity === undefined ? undefined : Buffer.from(hash, 'base64').toString('hex');
      const found = component?.hashes?.find(({ alg }) => alg.replace('-', '').toLowerCase() === algorithm)?.content;
      return component === undefined || found !== expected;
    });
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  it('lists nothing but that and our own packages', () => {
    const known = new Set(locked.map(([name, { version }]) => `${name}@${version}`));
    const others = components.filter(({ name, version }) => !known.has(`${name}@${version}`)).map(({ name }) => name);
    expect(
      others.filter((name) => !/^(@adiabit\/)?(simulator|firmware-templates|sdk|create|desktop-app|tests)$/.test(name)),
    ).toEqual([]);
  });

  it('names a permissive licence of everything that is more than a tool of development', () => {
    const doubtful = components
      .filter((component) => !isDevelopment(component) && !LOOKED_AT.test(component.name))
      .flatMap(({ name, licenses = [] }) => {
        const names = licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression ?? '');
        const parts = names.flatMap((one: string) => one.replace(/[()]/g, '').split(/ OR | AND /));
        return parts.length > 0 && parts.some((part) => PERMISSIVE.test(part)) ? [] : [`${name}: ${names.join()}`];
      });
    expect(doubtful).toEqual([]);
  });
});
