import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { readBytes } from '../../../files.js';
import type { RolloutGroup, RolloutPlan } from '../../../fleet/index.js';
import { fingerprint, publicKeyBytes } from '../../../signature/index.js';
import { commandLine, option } from '../../command-line.js';
import { readPublicKeys } from '../../keys/public-keys.js';
import { integer, positive } from '../../parse.js';
import { collect } from '../../ports.js';
import { createTerminal } from '../../terminal.js';
import { withBroker, type BrokerFlags } from '../fleet/broker-options.js';
import { groupSizesOf, percentOf } from './group-sizes.js';
import { withFleet } from './with-fleet.js';

interface CreateFlags extends BrokerFlags {
  readonly id: string;
  readonly name?: string;
  readonly chip: readonly string[];
  readonly board: readonly string[];
  readonly tag: readonly string[];
  readonly groups: readonly RolloutGroup['size'][];
  readonly success: number;
  readonly errors: number;
  readonly approval: 'none' | 'start' | 'groups';
  readonly retries: number;
  readonly atOnce?: number;
  readonly onError: 'pause' | 'revert';
  readonly unreachableAfter: number;
  readonly canary: number;
  readonly requireSignature: readonly string[];
  readonly json?: boolean;
}

/** A board is waited for so long before the others go on without it. */
const UNREACHABLE_AFTER_SECONDS = 300;
const CANARY_INFERENCES = 32;

export const rolloutCreateCommand = (): Command =>
  withBroker(new Command('create'))
    .summary('publish a circuit, and how it gets onto which boards')
    .description(
      'Publishes a bitstream for the boards of a fleet and says in which groups they get it; nothing begins before "rollout start". ' +
        'A group begins once enough of the one before have succeeded; too many failures stop the rollout.',
    )
    .argument('<bitstream>', 'a .abit file')
    .requiredOption('--id <id>', 'its name in topics: a to z, 0 to 9, hyphen')
    .option('--name <text>', 'a name for people (default: that of the file)')
    .option('--chip <id>', 'only this board, by chip id; may be given more than once', collect, [])
    .option('--board <kind>', 'only boards of this kind, such as rp2040; may be given more than once', collect, [])
    .option('--tag <word>', 'only boards of gateways with this tag; may be given more than once', collect, [])
    .addOption(
      new Option('--groups <sizes>', 'boards or percents; the last group takes the rest')
        .argParser(groupSizesOf)
        .default(groupSizesOf('5%,15%,30%,rest'), '5%,15%,30%,rest'),
    )
    .option('--success <percent>', 'of a group, before the next one begins', percentOf, 95)
    .option('--errors <percent>', 'of a group; more failures stop the rollout', percentOf, 1)
    .addOption(
      new Option('--approval <when>', 'what somebody has to approve')
        .choices(['none', 'start', 'groups'])
        .default('none'),
    )
    .option('--retries <n>', 'how often a board that failed is tried again', integer, 0)
    .option('--at-once <n>', 'most boards in the middle of it at once (default: all of a group)', positive)
    .addOption(
      new Option('--on-error <what>', 'what becomes of a group with too many failures')
        .choices(['pause', 'revert'])
        .default('pause'),
    )
    .option(
      '--unreachable-after <seconds>',
      'when a board is not waited for any more',
      positive,
      UNREACHABLE_AFTER_SECONDS,
    )
    .option(
      '--canary <n>',
      'inferences that must be right before a board confirms; 0 for none',
      integer,
      CANARY_INFERENCES,
    )
    .option(
      '--require-signature <key>',
      'a .pub file, one of which must have signed it; may be given more than once',
      collect,
      [],
    )
    .option('--json', 'print the result as JSON')
    .action(createAction);

async function createAction(file: string, flags: CreateFlags, command: Command): Promise<void> {
  if ([flags.chip, flags.board, flags.tag].filter(({ length }) => length > 0).length > 1)
    command.error('error: choose boards by --chip, --board or --tag, not by several of them', { exitCode: 2 });
  const terminal = createTerminal(flags.json === true);
  const bytes = await readBytes(file);
  const plan = await planOf(file, flags);
  const definition = await withFleet(terminal, flags, ({ fleet, mailbox }) =>
    fleet.createRollout(mailbox, bytes, plan),
  );
  terminal.say(`rollout ${definition.id}: ${definition.blob.bytes} bytes, circuit ${definition.circuit}`);
  const start = ['adiabit', 'rollout', 'start', definition.id, ...option('--broker', flags.broker)];
  terminal.say(`next: ${commandLine(start)}`);
  terminal.result(definition);
}

async function planOf(file: string, flags: CreateFlags): Promise<RolloutPlan> {
  const { approval, groups, success, errors, canary, atOnce, onError, retries } = flags;
  const signedBy = (await readPublicKeys(flags.requireSignature)).map((key) => fingerprint(publicKeyBytes(key)));
  return {
    id: flags.id,
    name: flags.name ?? basename(file),
    targets: targetsOf(flags),
    groups: groups.map((size, index) => ({
      size,
      successPercent: success,
      errorPercent: errors,
      approval: approval === 'groups' || (approval === 'start' && index === 0),
    })),
    retries,
    ...(atOnce === undefined ? {} : { atOnce }),
    unreachableAfterSeconds: flags.unreachableAfter,
    ...(signedBy.length === 0 ? {} : { signedBy }),
    ...(canary === 0 ? {} : { canary: { inferences: canary } }),
    onError,
  };
}

function targetsOf({ chip, board, tag }: CreateFlags): RolloutPlan['targets'] {
  if (chip.length > 0) return { kind: 'chips', chips: [...chip] };
  if (board.length > 0) return { kind: 'boards', boards: [...board] };
  return tag.length > 0 ? { kind: 'tags', tags: [...tag] } : { kind: 'all' };
}
