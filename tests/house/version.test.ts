import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from '@adiabit/sdk';

it('the SDK says the version of its package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../sdk/package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(manifest.version);
});
