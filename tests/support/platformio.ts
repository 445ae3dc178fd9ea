/** platformio.ini as PlatformIO reads it, as far as ours uses it: sections, options of several lines, `${section.option}`. */
export function platformioOptions(text: string): (section: string, option: string) => string {
  const sections = new Map<string, Map<string, string>>();
  let options = new Map<string, string>();
  let last = '';
  for (const line of text.split('\n').filter((one) => one.trim() !== '' && !one.startsWith(';'))) {
    const section = /^\[(.+)\]$/.exec(line);
    const option = /^(\w+) *= *(.*)$/.exec(line);
    if (section) {
      options = new Map<string, string>();
      sections.set(section[1], options);
    } else if (option) {
      last = option[1];
      options.set(last, option[2]);
    } else options.set(last, `${options.get(last)}\n${line.trim()}`);
  }
  const valueOf = (section: string, option: string): string => {
    const value = sections.get(section)?.get(option);
    if (value === undefined) throw new Error(`platformio.ini has no ${option} in [${section}].`);
    return value.replace(/\$\{([\w-]+)\.(\w+)\}/g, (_, from: string, name: string) => valueOf(from, name));
  };
  return valueOf;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** What an environment compiles, and with what: the libraries go behind the objects. */
export function platformioBuild(text: string, board: string) {
  const optionOf = platformioOptions(text);
  const [section, filter] = [`env:${board}`, 'build_src_filter'];
  const steps = words(optionOf(section, filter));
  if (steps[0] !== '-<*>') throw new Error('The filter must begin with nothing: -<*>.');
  const sources = steps.slice(1).map((step) => {
    const file = /^\+<(.+\.c)>$/.exec(step);
    if (!file) throw new Error(`A filter of files is expected, not ${step}.`);
    return file[1];
  });
  const flags = words(optionOf(section, 'build_flags'));
  const isLibrary = (flag: string): boolean => flag.startsWith('-l');
  return { sources, flags: flags.filter((flag) => !isLibrary(flag)), libraries: flags.filter(isLibrary) };
}
