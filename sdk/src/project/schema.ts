/** What a config may say, and what is wrong with one that says something else. */
import { z } from 'zod';
import { readBoards, type Board } from '../boards/index.js';
import { CIRCUIT_FORMS } from '../compile/circuit-of.js';
import { TARGET_NAMES } from '../compile/targets.js';
import { backendNames } from '../train/backends/names.js';
import { inWords, issuesIn, networkSchema, recipeSchema, type RecipeIssue } from '../train/recipes/recipe-file.js';
import type { BudgetsConfig, CircuitConfig, PerTarget, ProjectConfig, TargetsConfig } from './config.js';
import { dataSchema, exampleFormOf } from './data.js';
import { issuesOfProjectRecipe } from './recipe.js';
import { signingSchema } from './signing.js';

/** A config that was checked, with what it leaves out filled in. */
export interface CheckedConfig extends ProjectConfig {
  readonly seed: number;
  readonly backend: NonNullable<ProjectConfig['backend']>;
  readonly golden: number;
  readonly output: string;
  readonly targets: CheckedTargets;
  readonly budgets: BudgetsConfig;
}

export interface CheckedTargets extends TargetsConfig {
  readonly boards: readonly string[];
  readonly circuits: readonly CheckedCircuit[];
  readonly c: boolean;
}

export interface CheckedCircuit extends CircuitConfig {
  readonly name: string;
  readonly form: NonNullable<CircuitConfig['form']>;
}

const count = z.int().min(1);
const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/, 'give a letter, then letters, digits, "-" or "_", at most 60 in all');
const perTarget = z.union([count, z.record(z.string(), count)], 'give a number, or one for each target by its name');

/** The name is the project's, and what follows from the data may be left out. */
const projectRecipeSchema = recipeSchema
  .omit({ name: true })
  .partial({ description: true, adam: true })
  .extend({
    network: networkSchema.partial({ name: true, inputs: true, inputShape: true, inputBits: true, divisor: true }),
  });

const configSchema = z.strictObject({
  name,
  data: dataSchema,
  // A name, or a recipe: checked by a schema of its own, so that what is wrong has the path.
  recipe: z.custom(
    (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
    'give the name of a recipe, or a recipe',
  ),
  normalize: z.boolean().optional(),
  teacher: z.string().min(1).optional(),
  start: z.string().min(1).optional(),
  seed: z.int().default(1),
  backend: z.enum(['auto', ...backendNames]).default('auto'),
  threads: count.optional(),
  golden: count.max(64).default(4),
  targets: z
    .strictObject({
      boards: z.array(z.string()).default([]),
      boardsFolder: z.string().min(1).optional(),
      circuits: z
        .array(
          z.strictObject({
            name: name.optional(),
            chip: z.enum(TARGET_NAMES),
            form: z.enum(['auto', ...CIRCUIT_FORMS]).default('auto'),
            maxLuts: count.optional(),
            maxCycles: count.optional(),
          }),
        )
        .default([]),
      c: z.boolean().default(false),
    })
    .prefault({}),
  budgets: z
    .strictObject({
      minAccuracy: z.number().min(0).max(1).optional(),
      maxCycles: perTarget.optional(),
      maxFlashBytes: perTarget.optional(),
      maxLuts: perTarget.optional(),
      maxBitstreamBytes: count.optional(),
    })
    .prefault({}),
  signing: signingSchema.optional(),
  output: z.string().min(1).default('network'),
});

export type ReadConfig =
  | { readonly config: CheckedConfig; readonly issues?: never }
  | { readonly config?: never; readonly issues: readonly RecipeIssue[] };

/** Reads a config. Never throws for what it says: the issues have the path of what is to be corrected. */
export function readConfig(value: unknown, boardsOf: (folder?: string) => readonly Board[] = readBoards): ReadConfig {
  // What is optional and undefined is absent then, as in JSON.
  const plain = JSON.parse(JSON.stringify(value ?? null)) as unknown;
  const parsed = configSchema.safeParse(plain, { error: inWords });
  if (!parsed.success) return { issues: issuesIn(parsed.error) };
  const recipe =
    typeof parsed.data.recipe === 'string'
      ? undefined
      : projectRecipeSchema.safeParse(parsed.data.recipe, { error: inWords });
  if (recipe?.success === false)
    return {
      issues: issuesIn(recipe.error).map(({ path, message }) => ({
        path: path === '' ? 'recipe' : `recipe.${path}`,
        message,
      })),
    };
  const circuits = parsed.data.targets.circuits.map((circuit) => ({ ...circuit, name: circuit.name ?? circuit.chip }));
  const config = { ...parsed.data, targets: { ...parsed.data.targets, circuits } } as CheckedConfig;
  const issues = [
    ...issuesOfProjectRecipe(config, exampleFormOf(config.data)),
    ...issuesOfTargets(config.targets, boardsOf(config.targets.boardsFolder)),
    ...issuesOfBudgets(config, boardsOf(config.targets.boardsFolder)),
  ];
  return issues.length === 0 ? { config } : { issues };
}

function issuesOfTargets({ boards, circuits }: CheckedTargets, known: readonly Board[]): readonly RecipeIssue[] {
  const ids = known.map(({ id }) => id);
  const unknown = boards.flatMap((id, index) =>
    ids.includes(id)
      ? []
      : [{ path: `targets.boards.${index}`, message: `there is no board "${id}"; these exist: ${ids.join(', ')}` }],
  );
  const twice = circuits.flatMap((circuit, index) =>
    circuits.findIndex((one) => one.name === circuit.name) === index
      ? []
      : [
          {
            path: `targets.circuits.${index}.name`,
            message: `two circuits are called "${circuit.name}": name one of them otherwise`,
          },
        ],
  );
  return [...unknown, ...twice];
}

function issuesOfBudgets({ targets, budgets }: CheckedConfig, known: readonly Board[]): readonly RecipeIssue[] {
  const circuits = targets.circuits.map((circuit) => circuit.name);
  const kinds = { maxCycles: targets.boards, maxFlashBytes: targets.boards, maxLuts: circuits };
  const strangers = Object.entries(kinds).flatMap(([budget, names]) =>
    namesIn(budgets[budget as keyof typeof kinds])
      .filter((one) => !names.includes(one))
      .map((one) => ({
        path: `budgets.${budget}.${one}`,
        message: `the targets have no "${one}"; they have ${names.join(', ') || 'none of the kind'}`,
      })),
  );
  const cycled = typeof budgets.maxCycles === 'number' ? targets.boards : namesIn(budgets.maxCycles);
  const unmeasured = known
    .filter(({ id, emulator }) => cycled.includes(id) && emulator === undefined)
    .map(({ id }) => ({
      path: 'budgets.maxCycles',
      message: `${id} has no emulator that its cycles could be measured on: give a number for each other board`,
    }));
  return [...strangers, ...unmeasured];
}

const namesIn = (budget: PerTarget | undefined): readonly string[] =>
  typeof budget === 'object' ? Object.keys(budget) : [];
