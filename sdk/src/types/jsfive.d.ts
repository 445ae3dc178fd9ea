/** The part of jsfive that is used here: it has no types of its own. */
declare module 'jsfive' {
  interface Dataset {
    readonly shape: readonly number[];
    readonly value: ArrayLike<number>;
  }

  interface Group {
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly keys: readonly string[];
    get(path: string): Dataset | Group;
  }

  export class File implements Group {
    constructor(bytes: ArrayBuffer, name: string);
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly keys: readonly string[];
    get(path: string): Dataset | Group;
  }
}
