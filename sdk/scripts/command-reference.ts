/** Writes the commands of the command line as markdown, from the tree that parses them. */
import { Help, type Command, type Option } from 'commander';
import { createProgram } from '../src/cli/program.js';

const help = new Help();

/** More choices than these are listed once, behind the options of "adiabit train". */
const MANY_CHOICES = 12;

function describeOption(option: Option): string {
  if ((option.argChoices?.length ?? 0) <= MANY_CHOICES) return plain(help.optionDescription(option));
  return `${plain(option.description)}: a name of [the list](#adiabit-train) (default: ${JSON.stringify(option.defaultValue)})`;
}

/** A cell or paragraph in which nothing is markdown by accident. */
const plain = (text: string): string => text.replaceAll('\n', ' ').replace(/[|<*]/g, '\\$&');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')];

/** What a command says behind its options in `--help`. */
function textBehind(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

function section(command: Command, name: string): string {
  const terms = command.registeredArguments.map((one) => [`\`${one.name()}\``, plain(help.argumentDescription(one))]);
  const options = help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option) => [`\`${option.flags}\``, describeOption(option)]);
  const behind = textBehind(command);
  return [
    `### ${name}`,
    plain(command.description() || command.summary()),
    `\`\`\`text\n${name} ${command.usage()}\n\`\`\``,
    ...table(['argument', 'what it is'], terms),
    ...table(['option', 'what it does'], options),
    ...(behind === '' ? [] : [`\`\`\`text\n${behind}\n\`\`\``]),
  ].join('\n\n');
}

const sections = (command: Command, name: string): readonly string[] =>
  command.commands.length === 0
    ? [section(command, name)]
    : command.commands.flatMap((one) => sections(one, `${name} ${one.name()}`));

/** Returns a table of all commands, and a section for each. */
export function commandReference(): string {
  const program = createProgram();
  const rows = program.commands.flatMap((command) => {
    const leaves = command.commands.length === 0 ? [command] : command.commands;
    return leaves.map((leaf) => {
      const name = leaf === command ? leaf.name() : `${command.name()} ${leaf.name()}`;
      return [`[${name}](#adiabit-${name.replaceAll(' ', '-')})`, plain(leaf.summary() || leaf.description())];
    });
  });
  const parts = program.commands.flatMap((command) => sections(command, `adiabit ${command.name()}`));
  return [...table(['command', 'what it does'], rows), ...parts].join('\n\n');
}
