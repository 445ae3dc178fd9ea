import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { featureNames, installLine } from '../../sdk/src/packages/features.js';
import { manifestOf, root } from '../support/packages.js';

const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');

it.each(featureNames)('docs/packages.md says of %s which line installs it, as the errors do', async (feature) => {
  expect(await read('docs/packages.md')).toContain(`| ${feature} |`);
  expect(await read('docs/packages.md')).toContain(`\`${installLine(feature)}\``);
});

it('the readme of the SDK says the line of training', async () => {
  expect(await read('sdk/README.md')).toContain(`\n${installLine('training')}\n`);
});

it('every package of a feature is an optional peer of the SDK', async () => {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = await manifestOf('sdk');
  for (const name of featureNames.flatMap((feature) => installLine(feature).split(' ').slice(2))) {
    expect(peerDependencies).toHaveProperty([name]);
    expect(peerDependenciesMeta).toHaveProperty([name, 'optional'], true);
  }
});

it('docs/packages.md names every door of the packages', async () => {
  const text = await read('docs/packages.md');
  for (const folder of ['sdk', 'simulator', 'desktop-app'])
    for (const door of Object.keys((await manifestOf(folder)).exports ?? {}))
      expect(text).toContain(`\`@adiabit/${folder}${door.slice(1)}\``);
});
