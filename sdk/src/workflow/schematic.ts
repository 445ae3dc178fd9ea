import { NetlistError } from '@adiabit/simulator/errors';
import {
  CONSTANT_1,
  driversOf,
  kindOf,
  logicCone,
  operandsOf,
  operandsOfMemory,
  resultsOf,
  type Netlist,
} from '@adiabit/simulator/netlist';
import { layoutGraph } from '../report/layout-graph.js';

/** A box of a schematic. */
export interface SchematicNode {
  readonly id: string;
  /** A cell, a part of the circuit that can be opened, a memory, or what is outside. */
  readonly kind: 'cell' | 'part' | 'memory' | 'outside';
  readonly label: string;
  /** What is in it, in words. */
  readonly note?: string;
  /** The part that it opens. */
  readonly part?: string;
  /** The first net that the cell drives. */
  readonly net?: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SchematicEdge {
  readonly from: string;
  readonly to: string;
  /** The number of nets. */
  readonly nets: number;
  /** A start, then three points a cubic Bezier curve. */
  readonly points: readonly number[];
}

/** What is drawn: a part by its name, or the logic behind a net. */
export type SchematicView = { readonly part: string } | { readonly net: number };

export type Schematic =
  | {
      readonly kind: 'drawing';
      readonly title: string;
      readonly width: number;
      readonly height: number;
      readonly nodes: readonly SchematicNode[];
      readonly edges: readonly SchematicEdge[];
      /** Whether there is more logic than is drawn. */
      readonly isCut: boolean;
    }
  /** Too many cells for a drawing: the nets that leave the part, each with the number of cells behind it. */
  | {
      readonly kind: 'results';
      readonly title: string;
      readonly cells: number;
      readonly results: readonly { readonly net: number; readonly cells: number }[];
      /** How many results there are; the first of them are listed. */
      readonly count: number;
    };

/** Cells that a drawing shows one by one; beyond that they stand in blocks. */
const MOST_CELLS = 96;
/** Cells of a logic cone: four levels of full adders and the products before them are whole. */
const MOST_CONE_CELLS = 160;
const MOST_RESULTS = 512;
const ROW = 20;
/** What a letter of a label takes, in points. */
const LETTER = 6.2;

type Box = Omit<SchematicNode, 'x' | 'y'>;

/** Draws parts of one netlist, from blocks down to cells. */
export class Schematics {
  readonly #netlist: Netlist;
  readonly #drivers: Int32Array;
  readonly #memoryOf = new Map<number, number>();
  readonly #names = new Map<number, { readonly port: string; readonly bit: string }>();

  constructor(netlist: Netlist) {
    this.#netlist = netlist;
    this.#drivers = driversOf(netlist);
    netlist.memories.forEach(({ data }, index) => data.forEach((net) => this.#memoryOf.set(net, index)));
    for (const { name, nets } of netlist.inputs) {
      nets.forEach((net, bit) =>
        this.#names.set(net, { port: name, bit: nets.length === 1 ? name : `${name}[${bit}]` }),
      );
    }
    this.#nameConfiguration();
  }

  /**
   * Draws a part: all its cells, or blocks of them where there are many. A name with `@2` at its end means the cells between the second
   * and the third row of registers.
   * @throws NetlistError `netlist.bad-name` if there is no such part or net
   */
  async draw(view: SchematicView): Promise<Schematic> {
    if ('net' in view) return this.#drawCone(view.net);
    const cells = this.#cellsOf(view.part);
    if (cells.length === 0) {
      throw new NetlistError('bad-name', `The circuit has no part "${view.part}". Choose one of its layers.`, {
        part: view.part,
      });
    }
    if (cells.length <= MOST_CELLS) return this.#drawing(view.part, cells, (cell) => this.#cellBox(cell), false);
    if (view.part.includes('@')) return this.#results(view.part, cells);
    const blocks = this.#blocks(view.part, cells);
    return this.#drawing(view.part, cells, (cell) => blocks.get(cell)!, false);
  }

  #drawCone(net: number): Promise<Schematic> {
    const { netCount, cells } = this.#netlist;
    if (!Number.isInteger(net) || net < 0 || net >= netCount) {
      throw new NetlistError('bad-name', `The circuit has no net ${net}; they are 0 to ${netCount - 1}.`, { net });
    }
    const cone = logicCone(this.#netlist, this.#drivers, net, MOST_CONE_CELLS);
    const driver = this.#drivers[net];
    const group = driver < 0 ? '' : ` in ${this.#netlist.groups[cells.group[driver]].name}`;
    return this.#drawing(`n${net}${group}`, cone.cells, (cell) => this.#cellBox(cell), cone.isCut);
  }

  /** Names configuration cells by their group and their place in it: `threshold[3]`. */
  #nameConfiguration(): void {
    const { cells, groups } = this.#netlist;
    const places = new Map<number, number>();
    for (let cell = 0; cell < cells.count; cell++) {
      if (kindOf(cells, cell) !== 'configuration') continue;
      const place = places.get(cells.group[cell]) ?? 0;
      places.set(cells.group[cell], place + 1);
      const port = groups[cells.group[cell]].name.split('.').at(-1) ?? 'configuration';
      this.#names.set(cells.out[cell], { port, bit: `${port}[${place}]` });
    }
  }

  /** The cells of a part that compute: configuration cells are shown as names where they are read. */
  #cellsOf(part: string): number[] {
    const { cells, groups } = this.#netlist;
    const [path, stage] = splitStage(part);
    const isInside = groups.map(
      ({ name }) => name === path || (stage === undefined && (path === '' || name.startsWith(`${path}.`))),
    );
    const found: number[] = [];
    for (let cell = 0; cell < cells.count; cell++)
      if (isInside[cells.group[cell]] && kindOf(cells, cell) !== 'configuration') found.push(cell);
    if (stage === undefined) return found;
    const stages = this.#stagesOf(found);
    return found.filter((cell) => stages.get(cell) === stage);
  }

  /** The rows of registers in front of each cell, counted inside of the cells. A register ends its stage. */
  #stagesOf(found: readonly number[]): ReadonlyMap<number, number> {
    const { cells } = this.#netlist;
    const stages = new Map<number, number>();
    for (const cell of found) {
      let stage = 0;
      for (const net of operandsOf(cells, cell)) {
        const driver = net > CONSTANT_1 ? this.#drivers[net] : -1;
        const before = driver < 0 ? undefined : stages.get(driver);
        if (before !== undefined) stage = Math.max(stage, before + Number(kindOf(cells, driver) === 'register'));
      }
      stages.set(cell, stage);
    }
    return stages;
  }

  /** Puts cells into blocks: by the next part of their names, or by rows of registers where they have none. */
  #blocks(part: string, found: readonly number[]): ReadonlyMap<number, Box> {
    const { cells, groups } = this.#netlist;
    const nameOf = (cell: number): string => groups[cells.group[cell]].name;
    const direct = found.filter((cell) => nameOf(cell) === part);
    const stages = this.#stagesOf(direct);
    const members = new Map<string, number[]>();
    for (const cell of found) {
      const name = nameOf(cell);
      const block =
        name === part
          ? `${part}@${stages.get(cell)}`
          : [...(part === '' ? [] : [part]), name.slice(part === '' ? 0 : part.length + 1).split('.')[0]].join('.');
      members.set(block, [...(members.get(block) ?? [])]);
      members.get(block)!.push(cell);
    }
    const boxes = new Map<number, Box>();
    for (const [block, inside] of members) {
      const [path, stage] = splitStage(block);
      const label = stage === undefined ? (path.split('.').at(-1) ?? path) : `stage ${stage}`;
      const note = this.#contentsOf(inside);
      const box = boxOf({ id: block, kind: 'part', label, note, part: block });
      for (const cell of inside) boxes.set(cell, box);
    }
    return boxes;
  }

  /** Tells what cells there are, the most frequent kinds first: `784 xnor`. */
  #contentsOf(inside: readonly number[]): string {
    const counts = new Map<string, number>();
    for (const cell of inside) {
      const kind = kindOf(this.#netlist.cells, cell);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    const sorted = [...counts].sort(([, one], [, other]) => other - one);
    const told = sorted.slice(0, 2).map(([kind, count]) => `${count} ${kind}`);
    return [...told, ...(sorted.length > 2 ? ['…'] : [])].join(', ');
  }

  #cellBox(cell: number): Box {
    const { cells } = this.#netlist;
    const net = cells.out[cell];
    return boxOf({ id: `n${net}`, kind: 'cell', label: kindOf(cells, cell), note: `n${net}`, net });
  }

  #outsideBox(net: number, bitwise: boolean, inside: string): Box {
    const known = this.#names.get(net);
    if (known) {
      const label = bitwise ? known.bit : known.port;
      return boxOf({ id: `port ${label}`, kind: 'outside', label, net });
    }
    const memory = this.#memoryOf.get(net);
    if (memory !== undefined) {
      const { name, depth, data, group } = this.#netlist.memories[memory];
      const path = this.#netlist.groups[group].name;
      const label = bitwise ? `${name}[${data.indexOf(net)}]` : name;
      const id = `memory ${memory}${bitwise ? ` ${net}` : ''}`;
      return boxOf({ id, kind: 'memory', label, note: bitwise ? path : `${depth} × ${data.length} bits` });
    }
    const { cells, groups } = this.#netlist;
    const path = groups[cells.group[this.#drivers[net]]].name;
    if (bitwise) return boxOf({ id: `net ${net}`, kind: 'outside', label: `n${net}`, note: shortened(path), net });
    const other = partBeside(path, inside);
    return boxOf({ id: `part ${other}`, kind: 'outside', label: other, part: other });
  }

  async #drawing(
    title: string,
    inside: readonly number[],
    boxFor: (cell: number) => Box,
    isCut: boolean,
  ): Promise<Schematic> {
    const { cells } = this.#netlist;
    const boxes = new Map<string, Box>();
    const members = new Set(inside);
    const edges = new Map<string, { readonly from: string; readonly to: string; readonly nets: Set<number> }>();
    const boxIn = (box: Box): string => {
      if (!boxes.has(box.id)) boxes.set(box.id, box);
      return box.id;
    };
    const connect = (net: number, from: string, to: string): void => {
      if (from === to) return;
      const key = `${from}\n${to}`;
      const edge = edges.get(key) ?? { from, to, nets: new Set() };
      edges.set(key, edge);
      edge.nets.add(net);
    };
    const bitwise = inside.length === 0 || boxFor(inside[0]).kind === 'cell';
    const path = title.split('@')[0];
    for (const cell of inside) {
      const to = boxIn(boxFor(cell));
      for (const net of operandsOf(cells, cell)) {
        if (net <= CONSTANT_1) continue;
        const driver = this.#drivers[net];
        const box = driver >= 0 && members.has(driver) ? boxFor(driver) : this.#outsideBox(net, bitwise, path);
        connect(net, boxIn(box), to);
      }
    }
    for (const net of this.#leaving(members)) {
      const out = boxIn(boxOf({ id: 'out', kind: 'outside', label: 'out' }));
      connect(net, boxIn(boxFor(this.#drivers[net])), out);
    }
    const list = [...boxes.values()];
    const lines = [...edges.values()];
    const layout = await layoutGraph({ nodes: list, edges: lines });
    return {
      kind: 'drawing',
      title,
      isCut,
      width: layout.width,
      height: layout.height,
      nodes: list.map((box, index) => ({ ...box, ...layout.nodes[index] })),
      edges: lines.map(({ from, to, nets }, index) => ({ from, to, nets: nets.size, points: layout.edges[index] })),
    };
  }

  /** Lists the nets of cells that something outside of them reads. */
  #leaving(members: ReadonlySet<number>): readonly number[] {
    const { cells, memories, outputs } = this.#netlist;
    const own = new Set([...members].flatMap((cell) => resultsOf(cells, cell)));
    const leaving = new Set<number>();
    const read = (net: number): void => {
      if (own.has(net)) leaving.add(net);
    };
    for (let cell = 0; cell < cells.count; cell++) {
      if (members.has(cell)) continue;
      read(cells.a[cell]);
      read(cells.b[cell]);
      read(cells.c[cell]);
    }
    for (const memory of memories) operandsOfMemory(memory).forEach(read);
    for (const { nets } of outputs) nets.forEach(read);
    return [...leaving].sort((one, other) => one - other);
  }

  #results(title: string, inside: readonly number[]): Schematic {
    const leaving = this.#leaving(new Set(inside));
    const results = leaving.slice(0, MOST_RESULTS).map((net) => ({
      net,
      cells: logicCone(this.#netlist, this.#drivers, net, 1000).cells.length,
    }));
    return { kind: 'results', title, cells: inside.length, results, count: leaving.length };
  }
}

/** Parts a name like `layer0.neuron3.popcount@2` from its stage. */
function splitStage(part: string): readonly [path: string, stage: number | undefined] {
  const at = part.indexOf('@');
  return at < 0 ? [part, undefined] : [part.slice(0, at), Number(part.slice(at + 1))];
}

const boxOf = (box: Omit<Box, 'width' | 'height'>): Box => ({
  ...box,
  width: Math.max(36, 14 + LETTER * Math.max(box.label.length, box.note?.length ?? 0)),
  height: box.note === undefined ? ROW : ROW + 12,
});

/** The largest part around `path` that does not hold `view`. */
function partBeside(path: string, view: string): string {
  const [own, seen] = [path.split('.'), view.split('.')];
  const common = own.findIndex((segment, index) => segment !== seen[index]);
  return own.slice(0, common < 0 ? own.length : common + 1).join('.');
}

/** A path without its first parts, if it is long. */
const shortened = (path: string): string => (path.length <= 22 ? path : `…${path.slice(-21)}`);
