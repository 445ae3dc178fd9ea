import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { missingTools, titled } from '../support/tools.js';

/** What else may be behind a serial port, as shell scripts, and what the commands say of it. */
const STRANGERS = [
  { what: 'a port that echoes', script: 'exec cat', code: 'protocol.unexpected-reply', says: 'echoed' },
  {
    what: 'another sketch',
    script: 'while printf "Temperature 21.5\\r\\n"; do sleep 0.05; done',
    code: 'protocol.unexpected-reply',
    says: 'Temperature 21.5',
  },
  {
    what: 'a console that answers every key',
    // Ends with its input: dd alone succeeds on nothing for ever, and keeps a core busy behind the tests' back.
    script: 'while [ -n "$(dd bs=1 count=1 2>/dev/null | od -An -tx1)" ]; do printf "\\r\\n>>> "; done',
    code: 'protocol.unexpected-reply',
    says: '>>>',
  },
  {
    what: 'a console that is silent until a line ends',
    script: 'while read -r line; do printf "> "; done',
    code: 'protocol.unexpected-reply',
    says: 'text (">',
  },
  {
    what: 'a flood of garbage',
    script: 'exec cat /dev/urandom',
    code: 'protocol.unexpected-reply',
    says: 'bytes that make no sense',
  },
  { what: 'nobody', script: 'exec sleep 600', code: 'transport.timeout', says: 'Nothing answers' },
] as const;

const missing = missingTools('socat', 'sh');

describe.skipIf(missing.length > 0)(titled('what is no device of ours', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ports: readonly PseudoTerminal[];
  let circuit: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    circuit = join(folder.path, 'circuit.abit');
    const shape = { widths: [40, 16, 5], inputBits: 1, goldenVectors: 2 };
    await writeFile(circuit, sampleCircuit(repeatableNumbers(3), shape).bytes);
    ports = await Promise.all(
      STRANGERS.map(async ({ script }, index) => {
        const program = join(folder.path, `stranger-${index}.sh`);
        await writeFile(program, script);
        const port = new PseudoTerminal(join(folder.path, `port-${index}`));
        await port.plugIn(`EXEC:sh ${program}`);
        return port;
      }),
    );
  });
  afterAll(async () => {
    await Promise.all(ports.map((port) => port.unplug()));
    await folder.dispose();
  });

  const each = <T>(work: (path: string) => Promise<T>): Promise<T[]> =>
    Promise.all(ports.map(({ path }) => work(path)));

  it('is told from a device by "adiabit devices", which says what it sees and how long it waited', async () => {
    const results = await each((path) => adiabit(['devices', '--port', path, '--baud', '115200', '--json']));
    results.forEach(({ code, stdout }, index) => {
      expect(code).toBe(0);
      const [{ error }] = (JSON.parse(stdout) as { ports: { error: { code: string; message: string } }[] }).ports;
      expect(error.code, STRANGERS[index].what).toBe(STRANGERS[index].code);
      expect(error.message).toContain(STRANGERS[index].says);
    });
    expect(results[STRANGERS.length - 1].stdout).toMatch(/within \d+\.\d s/);
  }, 60_000);

  it('is not flashed by "adiabit flash", which ends with the same words', async () => {
    const results = await each((path) => adiabit(['flash', circuit, '--port', path, '--baud', '115200']));
    results.forEach(({ code, stderr }, index) => {
      expect(code, STRANGERS[index].what).toBe(1);
      expect(stderr.replace(/\s+/g, ' ')).toContain(STRANGERS[index].says);
    });
  }, 60_000);
});
