import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flash, openDevice, openPort, freshVirtualPorts } from '@adiabit/sdk/device';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(5);
const circuit = sampleCircuit(next, { widths: [200, 300, 64, 10], inputBits: 8, goldenVectors: 8 });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.dispose());

const missing = missingTools(...HOST_TOOLS, 'socat');

describe.skipIf(missing.length > 0)(titled('a pseudo terminal', missing), () => {
  let terminal: PseudoTerminal;
  let port: string;
  const plugIn = (program: string) => terminal.plugIn(program);
  const plugInDevice = () => terminal.plugInDevice(join(folder.path, 'flash'));
  const unplug = () => terminal.unplug();

  beforeEach(() => {
    port = join(folder.path, 'port');
    terminal = new PseudoTerminal(port);
  });
  afterEach(() => unplug());

  it('carries a whole flash session and 500 inferences', async () => {
    await plugInDevice();
    const session = await openDevice(port);
    expect(await flash(session, circuit.bytes)).toMatchObject({ bytes: circuit.bytes.length, resends: 0 });
    const inputs = Array.from({ length: 500 }, (_, index) => circuit.inputs[index % circuit.inputs.length]);
    const results = await session.inferMany(inputs);
    results.forEach(({ outputs }, index) => expect(outputs).toEqual(circuit.outputs[index % circuit.outputs.length]));
    await session.close();
  });

  it('can be opened again at once after it was closed', async () => {
    await plugIn('EXEC:cat');
    const first = await openPort(port);
    await first.close();
    const second = await openPort(port);
    await second.close();
  });

  it('that somebody else holds is busy', async () => {
    await plugIn('EXEC:cat');
    const holder = await openPort(port);
    await expect(openPort(port)).rejects.toMatchObject({ code: 'transport.port-busy' });
    await holder.close();
  });

  it('that another process holds is busy, and the message names the process', async () => {
    await plugIn('EXEC:cat');
    const script = `import { SerialPort } from 'serialport';
      const port = new SerialPort({ path: process.argv[1], baudRate: 115200 });
      port.on('open', () => console.log('open')).resume();`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script, port], {
      cwd: fileURLToPath(new URL('../../sdk', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      await expect(openPort(port)).rejects.toMatchObject({
        code: 'transport.port-busy',
        message: expect.stringContaining(`${holder.pid} (node). Close its monitor, then try again.`) as string,
        // The two programs that make the terminal hold it, too, which no real port does.
        details: { programs: expect.arrayContaining(['socat', 'node']) as string[] },
      });
    } finally {
      holder.kill();
      await once(holder, 'exit');
    }
  });

  it('that vanishes while requests are under way ends them as disconnected', async () => {
    await plugInDevice();
    const session = await openDevice(port, { patience: 0.2 });
    await flash(session, circuit.bytes);
    const endless = session.inferMany(
      Array.from({ length: 100_000 }, () => circuit.inputs[0]),
      { onProgress: ({ done }) => void (done === 100 && unplug()) },
    );
    await expect(endless).rejects.toMatchObject({ code: 'transport.disconnected' });
    await session.close();
  });

  it('that echoes is named as such', async () => {
    await plugIn('EXEC:cat');
    await expect(openDevice(port)).rejects.toMatchObject({
      code: 'protocol.unexpected-reply',
      message: expect.stringContaining('echoed') as string,
    });
  });

  it('with a chatting program behind it shows what was said', async () => {
    const script = join(folder.path, 'chat.sh');
    await writeFile(script, 'while echo "Temperature 21.5"; do sleep 0.01; done');
    await plugIn(`EXEC:sh ${script}`);
    await expect(openDevice(port, { patience: 0.2 })).rejects.toMatchObject({
      code: 'protocol.unexpected-reply',
      message: expect.stringContaining('Temperature 21.5') as string,
    });
  });

  it('with nobody behind it is silent', async () => {
    await plugIn('EXEC:sleep 60');
    await expect(openDevice(port, { patience: 0.2 })).rejects.toMatchObject({
      code: 'transport.timeout',
      message: expect.stringContaining('Nothing answers') as string,
    });
  });
});

describe('a port that is not there', () => {
  it('is not found, and the message says what to do', async () => {
    await expect(openPort('/dev/adiabit-nothing')).rejects.toMatchObject({
      code: 'transport.not-found',
      message: expect.stringContaining('List the ports') as string,
    });
  });

  it('among the virtual ones is not found, and the message names those that are', async () => {
    await expect(openPort('virtual:pdp11')).rejects.toThrow('virtual:rp2040');
  });
});

describe.runIf(process.platform === 'linux')('a port that this user may not use', () => {
  /** Opens a port as somebody who is nobody: the administrator may use everything. */
  async function openAsNobody(path: string): Promise<unknown> {
    await import('serialport');
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    return openPort(path)
      .catch((error: unknown) => error)
      .finally(() => isRoot && process.seteuid?.(0));
  }
  let file: string;
  beforeEach(async () => {
    await chmod(folder.path, 0o755);
    file = join(folder.path, 'port');
    await writeFile(file, '');
  });

  it('because nobody may says so, with the line that mends it', async () => {
    await chmod(file, 0o000);
    expect(await openAsNobody(file)).toMatchObject({
      code: 'transport.permission-denied',
      message: expect.stringContaining('(000)') as string,
      details: { path: file, fix: `sudo chmod a+rw ${file}` },
    });
  });

  it.runIf(process.getuid?.() === 0)('for lack of a group names the group, with the line to join it', async () => {
    const [name, , gid] = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((line) => line.startsWith('dialout:'))!
      .split(':');
    await chown(file, 0, Number(gid));
    await chmod(file, 0o660);
    expect(await openAsNobody(file)).toMatchObject({
      code: 'transport.permission-denied',
      message: expect.stringContaining('You are not in its group dialout.') as string,
      details: { group: name, fix: 'sudo usermod -a -G dialout nobody' },
    });
  });
});

describe('the emulated board behind virtual:rp2040', () => {
  it('is flashed and answers over the same code as a real port, and keeps its circuit in a file', async () => {
    const flashFile = join(folder.path, 'pico.flash');
    const session = await openDevice('virtual:rp2040', { flashFile });
    expect(session.device.boardId).toBe('rp2040');
    await flash(session, circuit.bytes);
    expect((await session.infer(circuit.inputs[0])).outputs).toEqual(circuit.outputs[0]);
    await session.close();

    const again = await openDevice('virtual:rp2040', { flashFile });
    expect(again.device.activeSlot).toBe(0);
    expect((await again.infer(circuit.inputs[1])).outputs).toEqual(circuit.outputs[1]);
    await again.close();
  });

  it('is open once at a time', async () => {
    const first = await openPort('virtual:rp2040');
    await expect(openPort('virtual:rp2040')).rejects.toMatchObject({ code: 'transport.port-busy' });
    await first.close();
    await (await openPort('virtual:rp2040')).close();
  });

  it('takes as many cycles for an inference, whatever the host does', async () => {
    const counters = new Set<number>();
    for (let life = 0; life < 2; life++) {
      const session = await openDevice('virtual:rp2040', { virtualPorts: freshVirtualPorts() });
      await flash(session, circuit.bytes);
      counters.add((await session.infer(circuit.inputs[0])).counter);
      await session.close();
    }
    expect(counters.size).toBe(1);
  });
});
