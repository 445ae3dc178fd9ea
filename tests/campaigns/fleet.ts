/**
 * The fleet campaign: rollouts over hundreds of devices that run the real firmware, behind gateways and mosquitto, all in processes of
 * their own. Without trouble; with bad boards, at which the rollout stops; and with everybody killed at every step. In the end each
 * device is asked on its own line what it boots.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scriptFlags } from '../../sdk/bench/flags.js';
import type { Row } from '../../sdk/bench/rows.js';
import { writeWhole } from '../../sdk/src/files.js';
import { buildFleetFirmware } from '../support/fleet-firmware.js';
import { fleetCircuits } from './fleet-circuits.js';
import { runFleet, STEPS_TO_SUCCESS, type FleetResult, type FleetRunOptions } from './fleet-run.js';

const USAGE = `Rollouts over fleets of real firmware, and what became of every board.

    npm run campaign:fleet -- [--boards 10,100,1000] [--gateways 10] [--only NAME] [--seed 1] [--json FILE]

  --boards N,…   sizes of fleets
  --gateways N   processes that have them (10)
  --only NAME    well, bad or chaos
  --seed N       which boards are bad, and who dies when
  --json FILE    the figures as rows; those of other runs in the file stay`;

const values = scriptFlags(USAGE, () =>
  parseArgs({
    options: {
      boards: { type: 'string', default: '10,100,1000' },
      gateways: { type: 'string', default: '10' },
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  }),
);

/** One board in so many is bad. */
const BAD_ONE_IN = 50;
const group = (percent: number, errorPercent: number) =>
  ({ size: { kind: 'percent', percent }, successPercent: 90, errorPercent, approval: false }) as const;

/** What is tried, beside the size of the fleet. */
const SCENARIOS: Readonly<
  Record<string, (boards: number) => Pick<FleetRunOptions, 'bad' | 'definition' | 'deathsAt' | 'onStop'>>
> = {
  well: () => ({ bad: 0 }),
  bad: (boards) => ({
    bad: Math.ceil(boards / BAD_ONE_IN),
    definition: { groups: [5, 15, 30, 50].map((percent) => group(percent, 1)), onError: 'revert' },
    onStop: 'end',
  }),
  chaos: (boards) => ({ bad: Math.ceil(boards / BAD_ONE_IN), deathsAt: STEPS_TO_SUCCESS, onStop: 'resume' }),
};

function rowsOf(id: string, result: FleetResult): readonly Row[] {
  const { boards, seconds, gateways, coordinator, brokerCpuMs, deaths, endings, targets, stops, badWithNew } = result;
  const row = (what: string, value: number, unit: string): Row => ({
    id: `fleet.${id}.${boards}.${what}`,
    value: Math.round(1000 * value) / 1000,
    unit,
    against: '',
    ratio: null,
  });
  const traffic = (who: string, { traffic: t, cpuMs, residentBytes }: FleetResult['gateways']): readonly Row[] => [
    row(`${who}.messages`, (t.published + t.received) / boards, 'a board'),
    row(`${who}.bytes`, (t.publishedBytes + t.receivedBytes) / boards, 'bytes a board'),
    row(`${who}.cpu`, cpuMs / boards, 'ms a board'),
    row(`${who}.memory`, residentBytes / 2 ** 20, 'MiB'),
  ];
  return [
    row('seconds', seconds, 's'),
    row('stops', stops, 'stops'),
    ...Object.entries(targets).map(([phase, count]) => row(`targets.${phase}`, count, 'boards')),
    ...Object.entries(endings).map(([ending, count]) => row(`endings.${ending}`, count, 'boards')),
    row('bad-with-new', badWithNew, 'boards'),
    ...Object.entries(deaths).map(([victim, count]) => row(`deaths.${victim}`, count, 'deaths')),
    ...traffic('gateways', gateways),
    ...traffic('coordinator', coordinator),
    row('broker.cpu', brokerCpuMs / boards, 'ms a board'),
  ];
}

async function keepRows(rows: readonly Row[], file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Row[]) : [];
  const kept = before.filter(({ id }) => !rows.some((row) => row.id === id));
  await writeWhole(file, `${JSON.stringify([...kept, ...rows], undefined, 1)}\n`);
}

function say(
  name: string,
  { boards, seconds, phase, stops, targets, endings, deaths, gateways, coordinator }: FleetResult,
): void {
  const messages = (gateways.traffic.published + gateways.traffic.received) / boards;
  const cells = [
    ...[name, boards, seconds.toFixed(1), phase, stops, targets.succeeded, targets.failed, targets.reverted],
    ...[endings.after, endings.before, endings.bricked, endings.unknown],
    Object.values(deaths).reduce((all, count) => all + count, 0),
    ...[messages.toFixed(1), (gateways.cpuMs / boards).toFixed(1), (coordinator.cpuMs / boards).toFixed(1)],
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

const folder = mkdtempSync(join(tmpdir(), 'adiabit-fleet-'));
let broken = 0;
try {
  const programs = await buildFleetFirmware(folder);
  for (const boards of values.boards.split(',').map(Number)) {
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      if (values.only !== undefined && values.only !== name) continue;
      const result = await runFleet({
        ...scenario(boards),
        ...fleetCircuits(),
        folder: join(folder, `${name}-${boards}`),
        programs,
        devices: boards,
        gateways: Math.min(boards, Number(values.gateways)),
        seed: Number(values.seed),
        say: (line) => process.stderr.write(`${name} ${boards}: ${line}\n`),
      });
      say(name, result);
      await keepRows(rowsOf(name, result), values.json);
      broken += result.endings.bricked + result.endings.unknown + result.badWithNew;
      rmSync(join(folder, `${name}-${boards}`), { recursive: true, force: true });
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (broken > 0) throw new Error(`${broken} boards ended otherwise than promised.`);
process.exit(0);
