import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBitstream } from '@adiabit/simulator';
import { planMemory } from '@adiabit/simulator/network';
import { smallCircuit } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { goldenVectorsOf, smallPictureNetwork } from '../support/small-picture-network.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('chromium');

const two = { pe: 2, simd: 2 };
const folding = {
  inputValues: 2,
  layers: [two, two, two, two, two, { pe: 3, simd: 4 }, { pe: 3, simd: 3 }, { pe: 1, simd: 3 }],
};

/** The built package as it is published, from the bytes of two bitstreams to outputs and back to their golden vectors. */
const page = `<!doctype html><title>Adiabit</title><pre>nothing yet</pre>
<script type="importmap">
{ "imports": { "@adiabit/simulator": "/simulator/dist/index.js",
  "@adiabit/simulator/circuit": "/simulator/dist/circuit/index.js", "@noble/hashes/": "/node_modules/@noble/hashes/" } }
</script>
<script type="module">
  const show = (text) => (document.querySelector('pre').textContent = text);
  try {
    const { CompiledEngine, elaborate, isBinaryDense, decodeBitstream, runInferences } =
      await import('@adiabit/simulator');
    const { elaborateFolded } = await import('@adiabit/simulator/circuit');
    const results = [];
    for (const name of ['dense', 'pictures']) {
      const bitstream = decodeBitstream(new Uint8Array(await (await fetch('/' + name + '.abit')).arrayBuffer()));
      const circuit = isBinaryDense(bitstream.network)
        ? elaborate(name, bitstream.network)
        : elaborateFolded(name, bitstream.network, ${JSON.stringify(folding)});
      const engine = new CompiledEngine(circuit.netlist);
      const inputs = bitstream.goldenVectors.map(({ input }) => input);
      const { outputs } = await runInferences(circuit, engine, inputs);
      const expected = bitstream.goldenVectors.flatMap((vector) => [...vector.outputs]);
      const equal = expected.filter((output, index) => output === outputs[index]).length;
      results.push(name + ': ' + equal + ' of ' + expected.length + ' outputs equal, ' + engine.name);
    }
    show(results.join('; '));
  } catch (error) {
    show(String(error.stack ?? error));
  }
</script>`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

describe.skipIf(missing.length > 0)(titled('the simulator in Chromium', missing), () => {
  let server: Server;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const network = smallPictureNetwork();
    const bytes: Readonly<Record<string, Uint8Array>> = {
      '/': new TextEncoder().encode(page),
      '/dense.abit': smallCircuit('dense', [33, 17, 5], 3).bytes,
      '/pictures.abit': encodeBitstream({
        network,
        memory: planMemory(network),
        goldenVectors: goldenVectorsOf(network, 3),
        description: { name: 'pictures', modelDigest: '00', compiler: 'tests' },
      }),
    };
    server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const isServed = /^\/(simulator\/dist|node_modules\/@noble\/hashes)\//.test(path);
      const content = path in bytes ? Promise.resolve(bytes[path]) : isServed ? readFile(root + path) : undefined;
      const refuse = (): unknown => response.writeHead(404).end();
      if (content === undefined) refuse();
      else
        content.then((body) => {
          response.writeHead(200, {
            'content-type': types[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream',
          });
          response.end(body);
        }, refuse);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    server.close();
    await folder.dispose();
  });

  it('builds dense and folded circuits from their bytes and gives every golden output', async () => {
    const { port } = server.address() as AddressInfo;
    const profile = `--user-data-dir=${folder.path}`;
    const headless = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', profile];
    const run = promisify(execFile)(
      'chromium',
      [...headless, '--virtual-time-budget=60000', '--dump-dom', `http://127.0.0.1:${port}/`],
      { maxBuffer: 1 << 24, timeout: 100_000 },
    );
    expect((await run).stdout).toContain(
      '<pre>dense: 60 of 60 outputs equal, compiled (WebAssembly SIMD); pictures: 9 of 9 outputs equal, compiled (WebAssembly SIMD)</pre>',
    );
  });
});
