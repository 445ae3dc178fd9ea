import type { ComponentChildren } from 'preact';
import type { RecipeChoice } from '../../../common/contract/training.js';
import { accuracy } from './words.js';
import { OwnRecipe } from './own-recipe.js';
import { Forecast } from './forecast.js';
import {
  beginOwnRecipe,
  change,
  choices,
  chooseRecipe,
  form,
  OWN,
  recipe,
  running,
  start,
  teachers,
  whyNot,
} from './train-state.js';

/** What will be trained: recipe, data and seed, and what that will become. */
export const NewTraining = () => (
  <section class={form.value.recipe === OWN ? 'new-training' : 'new-training aside'} aria-label="New training">
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <RecipeField />
      <DataField />
      <Text name="seed" label="Seed" inputMode="numeric" />
      <Text
        name="epochs"
        label="Epochs"
        inputMode="numeric"
        placeholder={
          recipe.value === undefined ? '' : `${recipe.value.epochsAreFixed ? '' : '≤ '}${recipe.value.epochs}`
        }
        isDisabled={recipe.value?.epochsAreFixed !== true || form.value.recipe === OWN}
      />
      <Text name="name" label="Name" placeholder={recipe.value?.name ?? ''} />
      {teachers.value !== undefined && <TeacherField />}
      <div class="actions">
        <button type="submit" class="button primary" disabled={whyNot.value !== undefined}>
          {running.value ? 'Queue' : 'Train'}
        </button>
        {form.value.recipe !== OWN && (
          <button type="button" class="button quiet" onClick={() => void beginOwnRecipe()}>
            Change recipe
          </button>
        )}
      </div>
    </form>
    {recipe.value && <p class="muted">{aboutRecipe(recipe.value)}</p>}
    {form.value.recipe === OWN && <OwnRecipe />}
    {whyNot.value !== undefined && form.value.recipe !== OWN && <p class="fault">{whyNot.value}</p>}
    <Forecast />
  </section>
);

function aboutRecipe({ description, examples, reached }: RecipeChoice): string {
  const words = `${description.charAt(0).toUpperCase()}${description.slice(1)}. From ${examples}.`;
  return reached === undefined
    ? words
    : `${words} Reached ${accuracy(reached.accuracy)} with seed 1 (${reached.page}).`;
}

const Labelled = ({
  id,
  label,
  isWide = false,
  children,
}: {
  readonly isWide?: boolean;
  readonly id: string;
  readonly label: string;
  readonly children: ComponentChildren;
}) => (
  <div class={isWide ? 'labelled spread' : 'labelled'}>
    <label for={id}>{label}</label>
    {children}
  </div>
);

function RecipeField() {
  const recipes = choices.value?.recipes ?? [];
  const kinds = [...new Set(recipes.map(({ examples }) => examples))];
  return (
    <Labelled id="train-recipe" label="Recipe" isWide>
      <select
        id="train-recipe"
        class="field"
        value={form.value.recipe}
        onChange={({ currentTarget: { value } }) => {
          if (value === OWN) void beginOwnRecipe();
          else chooseRecipe(value);
        }}
      >
        {kinds.map((kind) => (
          <optgroup key={kind} label={kind}>
            {recipes
              .filter(({ examples }) => examples === kind)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </optgroup>
        ))}
        <option value={OWN}>A recipe of my own …</option>
      </select>
    </Labelled>
  );
}

const DataField = () => (
  <Labelled id="train-data" label="Data" isWide>
    <select
      id="train-data"
      class="field"
      value={form.value.data}
      onChange={({ currentTarget: { value } }) => change({ data: value })}
    >
      {choices.value?.data.length === 0 && <option value="">none</option>}
      {choices.value?.data.map(({ id, name, source }) => (
        <option key={id} value={id} title={source}>
          {name}
        </option>
      ))}
    </select>
  </Labelled>
);

const TeacherField = () => (
  <Labelled id="train-teacher" label="Learns from" isWide>
    <select
      id="train-teacher"
      class="field"
      value={form.value.teacher}
      onChange={({ currentTarget: { value } }) => change({ teacher: value })}
    >
      <option value="">choose</option>
      {teachers.value?.map(({ id }) => (
        <option key={id} value={id}>
          {id}
        </option>
      ))}
    </select>
  </Labelled>
);

const Text = ({
  name,
  label,
  placeholder = '',
  inputMode = 'text',
  isDisabled = false,
}: {
  readonly name: 'seed' | 'epochs' | 'name';
  readonly label: string;
  readonly placeholder?: string;
  readonly inputMode?: 'numeric' | 'text';
  readonly isDisabled?: boolean;
}) => (
  <Labelled id={`train-${name}`} label={label} isWide={name === 'name'}>
    <input
      id={`train-${name}`}
      class="field"
      value={form.value[name]}
      inputMode={inputMode}
      placeholder={placeholder}
      disabled={isDisabled}
      spellcheck={false}
      onInput={({ currentTarget: { value } }) => change({ [name]: value.trim() })}
    />
  </Labelled>
);
