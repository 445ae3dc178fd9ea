import { describe, expect, it } from 'vitest';
import { isOwnHost, isOwnOrigin } from './origin.js';

describe('isOwnHost', () => {
  it.each(['127.0.0.1', '127.0.0.1:80', 'localhost', 'LocalHost:65535', '[::1]', '[::1]:8080'])('takes %s', (host) =>
    expect(isOwnHost(host)).toBe(true),
  );
  it.each([
    ...[
      undefined,
      '',
      ':80',
      'evil.example',
      'localhost.evil.example',
      'evil.example:127.0.0.1',
      '127.0.0.1:',
      'localhost.',
    ],
    ...[
      '127.0.0.1:80:80',
      '127.0.0.1@evil.example',
      '[::1',
      '[::2]',
      '0.0.0.0',
      '127.0.0.1\n',
      '127.0.0.1:999999',
      '2130706433',
    ],
  ])('refuses %j', (host) => expect(isOwnHost(host)).toBe(false));
});

describe('isOwnOrigin', () => {
  it('takes the origin of the very host that is asked, at its port', () => {
    expect(isOwnOrigin('http://localhost:8080', 'localhost:8080')).toBe(true);
    expect(isOwnOrigin('http://localhost:8081', 'localhost:8080')).toBe(false);
    expect(isOwnOrigin('http://127.0.0.1:8080', 'localhost:8080')).toBe(false);
    expect(isOwnOrigin('https://localhost:8080', 'localhost:8080')).toBe(false);
    expect(isOwnOrigin('http://evil.example', 'evil.example')).toBe(false);
    expect(isOwnOrigin(undefined, 'localhost:8080')).toBe(false);
    expect(isOwnOrigin('null', 'localhost:8080')).toBe(false);
  });
});
