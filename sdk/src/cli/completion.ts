import type { Argument, Command, Option } from 'commander';

/** A word that may stand where the cursor is. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What may stand where the cursor is: words, or names of files. */
export type Completion = readonly Candidate[] | 'files';

/**
 * Finds what may stand in place of the last word of a command line, from the commands and options themselves.
 * @param words those behind the program's name; the last one is what was typed of a word, and may be empty
 */
export function completionOf(program: Command, words: readonly string[]): Completion {
  const { command, positions, awaiting } = walk(program, words.slice(0, -1));
  const typed = words.at(-1) ?? '';
  const fitting = (candidates: readonly Candidate[]): readonly Candidate[] =>
    candidates.filter(({ word }) => word.startsWith(typed));
  if (awaiting !== undefined) return awaiting.argChoices ? fitting(choices(awaiting)) : 'files';
  if (typed.startsWith('-')) return fitting(optionsOf(command).map(optionCandidate));
  const commands = positions === 0 ? fitting(commandsOf(command)) : [];
  const argument = command.registeredArguments.at(Math.min(positions, command.registeredArguments.length - 1));
  const isTaken = argument === undefined || (positions >= command.registeredArguments.length && !argument.variadic);
  if (commands.length > 0 || isTaken) return commands;
  return argument.argChoices ? fitting(choices(argument)) : 'files';
}

interface Walked {
  /** The command that the words name. */
  readonly command: Command;
  /** Its arguments so far, options apart. */
  readonly positions: number;
  /** The option whose value comes next. */
  readonly awaiting?: Option;
}

function walk(program: Command, words: readonly string[]): Walked {
  let walked: Walked = { command: program, positions: 0 };
  for (const word of words) {
    const { command, positions, awaiting } = walked;
    const next = command.commands.find((one) => one.name() === word);
    const option = optionsOf(command).find(({ long, short }) => word === long || word === short);
    if (awaiting !== undefined) walked = { command, positions };
    else if (word.startsWith('-')) {
      const takesValue = option !== undefined && (option.required || option.optional);
      walked = { command, positions, ...(takesValue ? { awaiting: option } : {}) };
    } else walked = next === undefined ? { command, positions: positions + 1 } : { command: next, positions: 0 };
  }
  return walked;
}

const optionsOf = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command);

const optionCandidate = ({ long, short, description }: Option): Candidate => ({
  word: long ?? short ?? '',
  description: firstWords(description),
});

const commandsOf = (command: Command): readonly Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), description: firstWords(one.summary() || one.description()) }));

const choices = ({ argChoices = [] }: Option | Argument): readonly Candidate[] =>
  argChoices.map((word) => ({ word, description: '' }));

const MOST_LETTERS = 60;

/** Shortens a description to what fits beside a word. */
function firstWords(description: string): string {
  const clause = description.split(/[;:(]|\. /)[0].trim();
  return clause.length <= MOST_LETTERS ? clause : `${clause.slice(0, clause.lastIndexOf(' ', MOST_LETTERS))} ...`;
}

/** Puts a completion into lines for the scripts: a word, a tab, its description; or `:files` alone. */
export const completionLines = (completion: Completion): readonly string[] =>
  completion === 'files' ? [':files'] : completion.map(({ word, description }) => `${word}\t${description}`);

/** What each shell runs when a word of `adiabit` is to be completed: it asks the program, so no script goes stale. */
export const COMPLETION_SCRIPTS = {
  bash: `_adiabit() {
  local word rest
  COMPREPLY=()
  while IFS=$'\\t' read -r word rest; do
    if [ "$word" = :files ]; then compopt -o default; else COMPREPLY+=("$word"); fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _adiabit adiabit
`,
  zsh: `_adiabit() {
  local line
  local -a found
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then _files; return; fi
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe adiabit found
}
compdef _adiabit adiabit
`,
  fish: `function __adiabit_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l found (command $words[1] complete -- $words[2..-1] "$typed" 2>/dev/null)
    if test "$found" = ':files'
        __fish_complete_path "$typed"
    else
        printf '%s\\n' $found
    end
end
complete -c adiabit -f -a '(__adiabit_complete)'
`,
} as const;
