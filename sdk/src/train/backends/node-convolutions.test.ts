import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { workerFile } from '@adiabit/simulator/workers';
import { HAS_NODE_BACKEND } from '../testing/compare-backends.js';

const SCRIPT = fileURLToPath(workerFile(import.meta.url, '../testing/unequal-strides.js'));
/** glibc's checks of the heap find a write beyond a block when it is freed. */
const HEAP_CHECKS = '/lib/x86_64-linux-gnu/libc_malloc_debug.so.0';

test.skipIf(!HAS_NODE_BACKEND)(
  'filters of 1 x 1 with two different strides corrupt no memory, whatever the batch',
  async () => {
    const checks = existsSync(HEAP_CHECKS) ? { LD_PRELOAD: HEAP_CHECKS, GLIBC_TUNABLES: 'glibc.malloc.check=3' } : {};
    // A process of its own, because a corrupted heap ends it.
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT], { env: { ...process.env, ...checks } });
    expect(stdout).toBe('960 gradients\n');
  },
);
