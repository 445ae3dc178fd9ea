import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedHeaders, staleHeaders } from '../../sdk/scripts/generate-firmware-headers.js';

it('the committed C headers are what the TypeScript sources say', () => {
  expect(staleHeaders()).toEqual([]);
});

it.each([
  ['adiabit_layout.h', '#define ADIABIT_HEADER_OFFSET_TOTAL_BYTES 8u'],
  ['adiabit_layout.h', '#define ADIABIT_LAYER_SIZE 68u'],
  ['adiabit_protocol.h', '#define ADIABIT_MESSAGE_RESET 10u'],
  ['adiabit_protocol.h', '  ADIABIT_STATUS_SELF_TEST_FAILED = 15, /* a golden vector gave other outputs */'],
  ['adiabit_protocol.h', '#define ADIABIT_HELLO_REPLY_OFFSET_WORK_BYTES 18u'],
])('%s holds the line %s', (name, line) => {
  const header = generatedHeaders().find(({ path }) => path.endsWith(name));
  expect(readFileSync(header!.path, 'utf8').split('\n')).toContain(line);
});
