import { fileURLToPath } from 'node:url';
import '@adiabit/simulator/testing';
import { expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const bitstream = at('../network/{{name}}.abit');

// The first run writes the golden file. Commit it: from then on the circuit has to answer as it did.
test('the circuit answers as it did when its golden vectors were written', async () => {
  await expect(bitstream).toMatchGolden(at('{{name}}.golden.json'), { vectors: 16 });
});
