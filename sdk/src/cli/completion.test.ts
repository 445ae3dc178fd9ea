import { describe, expect, it } from 'vitest';
import { completionOf } from './completion.js';
import { createProgram } from './program.js';

const program = createProgram();
const wordsFor = (...words: string[]): readonly string[] | 'files' => {
  const found = completionOf(program, words);
  return found === 'files' ? 'files' : found.map(({ word }) => word);
};

describe('the completion of a command line', () => {
  it('offers every command that the help lists, and no hidden one', () => {
    const listed = program.createHelp().visibleCommands(program);
    expect(wordsFor('')).toEqual(listed.map((command) => command.name()));
    expect(wordsFor('')).not.toContain('complete');
    expect(wordsFor('tra')).toEqual(['train']);
  });

  it.each(
    program.commands
      .filter((command) => command.name() !== 'complete')
      .map((command) => [command.name(), command] as const),
  )('offers every option of %s', (name, command) => {
    const options = command.createHelp().visibleOptions(command);
    expect(wordsFor(name, '-')).toEqual(options.map(({ long, short }) => long ?? short));
  });

  it('offers the values that an option takes, and files for those of others', () => {
    expect(wordsFor('train', '--backend', '')).toEqual(['auto', 'node', 'webgpu', 'wasm', 'cpu']);
    expect(wordsFor('train', '--backend', 'w')).toEqual(['webgpu', 'wasm']);
    expect(wordsFor('train', '--data', '')).toBe('files');
  });

  it('knows where it is behind options with values and behind arguments', () => {
    expect(wordsFor('compile', 'm.json', '--golden', '3', '--fo')).toEqual(['--form']);
    expect(wordsFor('compile', '')).toBe('files');
    expect(wordsFor('compile', 'm.json', '')).toEqual([]);
    expect(wordsFor('studio', 'a.abit', '')).toBe('files');
    expect(wordsFor('firmware', 'w')).toEqual(['write']);
    expect(wordsFor('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('describes each word in less than a line', () => {
    for (const words of [[''], ['train', '--'], ['compile', '--']]) {
      const found = completionOf(program, words);
      expect(found).not.toBe('files');
      for (const { description } of found as Exclude<typeof found, 'files'>)
        expect(description.length).toBeLessThan(66);
    }
  });
});
