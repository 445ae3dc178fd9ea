import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_KINDS, FaultCampaign, runNumber, type FaultKind, type RunResult } from '../campaigns/fault-run.js';
import { runTypeScript } from '../support/cli.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const missing = missingTools(...HOST_TOOLS);

/** A slice of `npm run campaign:faults`; a run that breaks a promise throws, and names itself. */
describe.skipIf(missing.length > 0)(titled('the real firmware', missing), () => {
  let campaign: FaultCampaign;
  beforeAll(async () => {
    campaign = await FaultCampaign.start();
  });
  afterAll(() => campaign.close());

  const runs = async (kind: FaultKind, turns: number): Promise<RunResult[]> => {
    const results: RunResult[] = [];
    for (let turn = 0; turn < turns; turn++) results.push(await campaign.run(runNumber(kind, turn)));
    return results;
  };

  it.each(FAULT_KINDS)('runs the old circuit or the new one, rightly, and says so, after: %s', async (kind) => {
    const results = await runs(kind, 40);
    expect(results.reduce((faults, result) => faults + result.faults, 0)).toBeGreaterThan(results.length / 2);
  });

  it('gets over most faults of the line: sessions succeed, inferences are answered', async () => {
    for (const kind of ['drop', 'duplicate', 'flip', 'reorder', 'delay', 'split at every byte'] as const) {
      const results = await runs(kind, 40);
      // A quarter of the offers fail their self-test.
      expect(results.filter(({ flashed }) => flashed).length, kind).toBeGreaterThan(15);
      if (kind !== 'reorder') expect(results.some(({ inferences }) => inferences > 0)).toBe(true);
    }
  });

  it('runs the new circuit only once it was confirmed, wherever the line breaks', async () => {
    const results = await runs('disconnect at every byte', campaign.positions('disconnect at every byte'));
    const outcomes = results.map(({ outcome }) => outcome);
    expect(results.some(({ flashed }) => flashed)).toBe(false);
    const firstNew = outcomes.indexOf('new');
    expect(new Set(outcomes.slice(0, firstNew))).toEqual(new Set(['old']));
    expect(new Set(outcomes.slice(firstNew))).toEqual(new Set(['new']));
    // The request to confirm and its reply come last.
    expect(firstNew).toBeGreaterThan(outcomes.length - 40);
  });

  it('does the same again for the same number', async () => {
    for (const kind of FAULT_KINDS) {
      const number = runNumber(kind, 17);
      expect(await campaign.run(number)).toEqual(await campaign.run(number));
    }
  });
});

describe('campaign:faults', () => {
  const campaign = (...args: string[]) => runTypeScript(['tests/campaigns/faults.ts', ...args]);

  it('--help says how to use it', async () => {
    const { code, stdout, stderr } = await campaign('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('--only NUMBER');
  });

  it('says what is wrong with an option that it does not know, without a stack trace', async () => {
    const { code, stderr } = await campaign('--colour');
    expect(code).toBe(2);
    expect(stderr).toContain("Unknown option '--colour'");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
