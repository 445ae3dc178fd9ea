import { describe, expect, it, onTestFinished } from 'vitest';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';
import { buildPatchedFirmware } from '../support/patched-firmware.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';
import { useTrainedDigits } from '../support/trained-digits.js';

const { file } = useTrainedDigits();
const missing = missingTools(...HOST_TOOLS, 'socat');

describe('adiabit parity', () => {
  it('finds nothing on an emulated board', async () => {
    const flags = ['--board', 'rp2040', '--data', file('digits'), '--limit', '20', '--json'];
    const { code, stdout } = await adiabit(['parity', file('digits.abit'), ...flags]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { chipId: string };
    expect(result).toMatchObject({ board: 'rp2040', oracle: { vectors: 20, mismatches: 0 } });
    expect(result.chipId).toMatch(/^[0-9a-f]{16}$/);
    expect(result).not.toHaveProperty('difference');
  }, 60_000);

  it.skipIf(missing.length > 0)(
    titled('says in which layer and neuron a wrong firmware differs, and fails', missing),
    async () => {
      const folder = await temporaryFolder();
      onTestFinished(folder.dispose);
      const program = await buildPatchedFirmware(
        folder.path,
        {
          file: 'adiabit_runner.c',
          before: 'if (largest - block.sums[row] >=',
          after: 'if (largest - block.sums[row] + 3000u >=',
        },
        { file: 'adiabit_runner.c', before: 'if (!same) mismatches++;', after: '(void)same;' },
      );
      const port = new PseudoTerminal(file('wrong-port'));
      await port.plugIn(`EXEC:${program} link ${folder.path}/flash`);
      onTestFinished(() => port.unplug());
      expect((await adiabit(['flash', file('digits.abit'), '--port', port.path])).code).toBe(0);
      const flags = ['--port', port.path, '--data', file('digits')];
      const { code, stdout } = await adiabit(['parity', file('digits.abit'), ...flags]);
      expect(stdout).toMatch(/example \d+ is the first: output \d is -?\d+ on the device, -?\d+ by the oracle/);
      expect(stdout).toMatch(/it begins in layer 0 \(dense\), neuron \d+: is 1 on the device, 0 by the oracle/);
      expect(code).toBe(1);
    },
    60_000,
  );

  it('wants to know where', async () => {
    expect((await adiabit(['parity', file('digits.abit')])).code).toBe(2);
  });
});
