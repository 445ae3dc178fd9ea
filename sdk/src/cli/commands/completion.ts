import { Argument, Command } from 'commander';
import { COMPLETION_SCRIPTS, completionLines, completionOf } from '../completion.js';

export const completionCommand = (): Command =>
  new Command('completion')
    .summary('complete commands, options and their values in a shell')
    .description('Prints a script that lets a shell complete what adiabit takes. It wants adiabit on the PATH.')
    .addArgument(new Argument('<shell>', 'the shell that you use').choices(Object.keys(COMPLETION_SCRIPTS)))
    .addHelpText(
      'after',
      `
Once, for the shell that you use:
  adiabit completion bash >> ~/.bashrc
  adiabit completion zsh >> ~/.zshrc             (behind compinit)
  adiabit completion fish > ~/.config/fish/completions/adiabit.fish`,
    )
    .action((shell: keyof typeof COMPLETION_SCRIPTS) => void process.stdout.write(COMPLETION_SCRIPTS[shell]));

/** Makes the hidden command that those scripts call, with the words of a command line. */
export const completeCommand = (program: Command): Command =>
  new Command('complete')
    .argument('[words...]')
    .helpOption(false)
    .action((words: readonly string[]) => {
      process.stdout.write(
        completionLines(completionOf(program, words))
          .map((line) => `${line}\n`)
          .join(''),
      );
    });
