import { dirname, join } from 'node:path';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { z } from 'zod';
import { CIRCUIT_FORMS } from '../../compile/circuit-of.js';
import { listPorts } from '../../device/index.js';
import { explanationText } from '../../explain/text.js';
import { readBytes, readText } from '../../files.js';
import { loadModelFile, modelDigest } from '../../model/model-file.js';
import { readPublicKey, verifySignature } from '../../signature/index.js';
import { allRecipes, familyOf } from '../../train/recipes/families.js';
import { describeSchedule } from '../../train/schedules/schedules.js';
import { summarizeNetwork } from '../../train/network/summary.js';
import { boardFits, explainExample, provenanceOf, simulate } from '../../workflow/index.js';
import { diagnose } from '../doctor/diagnose.js';
import { recipeNamed } from '../parse.js';
import { dataIn, fields, tool, type Setting, type Tool } from './tool.js';

const form = z
  .enum(['auto', ...CIRCUIT_FORMS])
  .default('auto')
  .describe('the form of the circuit');

const inspect = tool({
  name: 'inspect',
  description:
    'Says what a bitstream (.abit) or a frozen model (.model.json) holds: layers, inputs, classes, and which boards take it.',
  access: 'read',
  input: { file: z.string().describe('a .abit or .model.json file, from the root folder on') },
  call: async ({ file }, { root }) => {
    const path = await root.file(file);
    return path.endsWith('.json') ? inspectModel(path) : inspectBitstream(path);
  },
});

async function inspectModel(path: string): Promise<object> {
  const { model, comparison } = await loadModelFile(path);
  const { name, input, layers, trainedOn } = model;
  const shapes = layers.map(({ kind }, index) => ({ layer: index, kind }));
  return { kind: 'model', name, digest: modelDigest(model), input, layers: shapes, trainedOn, comparison };
}

async function inspectBitstream(path: string): Promise<object> {
  const bytes = await readBytes(path);
  const bitstream = decodeBitstream(bytes);
  const { network, description, goldenVectors } = bitstream;
  const { neededWorkBytes, boards } = boardFits(bitstream, bytes.length);
  return {
    kind: 'bitstream',
    bytes: bytes.length,
    ...description,
    input: network.input,
    layers: network.layers.map(({ kind }, index) => ({ layer: index, kind })),
    goldenVectors: goldenVectors.length,
    workBytes: neededWorkBytes,
    boards: boards.map(({ id, lacks }) => ({ id, fits: lacks.length === 0, lacks })),
  };
}

const verify = tool({
  name: 'verify',
  description:
    'Checks that a bitstream is whole and says where it comes from: digest, network, data, build, signature. With a key, it must be signed by that.',
  access: 'read',
  input: {
    bitstream: fields.bitstream,
    key: z.string().optional().describe('the .pub file of a key that is trusted, from the root folder on'),
  },
  call: async ({ bitstream, key }, { root }) => {
    const path = await root.file(bitstream);
    const papers = [path.replace(/\.abit$/, '') + '.model.json', join(dirname(path), 'adiabit.lock.json')];
    for (const paper of papers) await root.optionalFile(paper);
    const trusted = key === undefined ? undefined : readPublicKey(await readText(await root.file(key)));
    const signedBy = trusted && verifySignature(await readBytes(path), trusted);
    return { ...(signedBy === undefined ? {} : { signedBy }), ...(await provenanceOf(path)) };
  },
});

const explain = tool({
  name: 'explain',
  description:
    'Says why a circuit answers one test example as it does: counts, thresholds and margins of its neurons, layer by layer.',
  access: 'read',
  input: {
    bitstream: fields.bitstream,
    data: fields.data,
    index: z.int().min(0).default(0).describe('which test example, counted from 0'),
    most: z.int().min(1).max(64).default(8).describe('neurons shown of each layer'),
  },
  call: async ({ bitstream, data, index, most }, { root, ...following }) => {
    const source = { bitstream: await root.file(bitstream), data: await dataIn(root, data) };
    const { label, explanation, witness } = await explainExample({ ...source, index, most, ...following });
    return { index, label, class: explanation.class, text: explanationText(explanation), witness };
  },
});

const simulation = tool({
  name: 'simulate',
  description:
    'Runs test examples on the circuit of a bitstream, cycle by cycle, and compares every output with the integer oracle. Says accuracy, cycles and differences.',
  access: 'read',
  input: { bitstream: fields.bitstream, data: fields.data, form, limit: fields.limit.default(1000) },
  call: async ({ bitstream, data, form: chosen, limit }, { root, ...following }: Setting) => {
    const source = { bitstream: await root.file(bitstream), data: await dataIn(root, data) };
    const run = await simulate({ ...source, form: chosen, limit, ...following });
    const { engine, timing, inferences, available, correct, cycles, seconds, witnesses } = run;
    return {
      engine,
      timing,
      inferences,
      available,
      ...(correct === undefined ? {} : { correct, accuracy: correct / inferences }),
      cycles,
      seconds,
      witnesses,
    };
  },
});

const recipes = tool({
  name: 'recipes',
  description:
    'Lists the recipes that ship: what "train" can train. With a name, says its layers, what they cost and its schedule.',
  access: 'read',
  input: { name: z.string().optional() },
  call: ({ name }) => {
    if (name === undefined) return Promise.resolve({ recipes: allRecipes.map(recipeLine) });
    const recipe = recipeNamed(name);
    const summary = summarizeNetwork(recipe.network);
    return Promise.resolve({ ...recipeLine(recipe), summary, schedule: describeSchedule(recipe.schedule) });
  },
});

const recipeLine = (recipe: (typeof allRecipes)[number]): object => {
  const { name, description, network } = recipe;
  return { name, description, mode: network.mode, inputs: network.inputs, task: familyOf(recipe).task.name };
};

const devices = tool({
  name: 'devices',
  description: 'Lists the serial ports of this computer and the emulated boards. Opens none of them.',
  access: 'read',
  input: {},
  call: () => listPorts(),
});

const doctor = tool({
  name: 'doctor',
  description: 'Says what is installed, what will run and what is missing, each with what it is for and how to get it.',
  access: 'read',
  input: {},
  call: async () => ({ checks: await diagnose() }),
});

/** Tools that change nothing. */
export const readTools: readonly Tool[] = [inspect, verify, explain, simulation, recipes, devices, doctor];
