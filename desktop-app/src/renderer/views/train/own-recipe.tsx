import { form, ownRecipe, takeRecipe, writeRecipe } from './train-state.js';

/** A recipe of the user's own, as text, with what is wrong with it. */
export function OwnRecipe() {
  const checked = ownRecipe.value;
  const issues = checked?.isGood === false ? checked.issues : [];
  return (
    <div class="own-recipe">
      <textarea
        class="field mono"
        aria-label="Recipe, as JSON"
        aria-invalid={issues.length > 0}
        aria-describedby="recipe-issues"
        spellcheck={false}
        rows={14}
        value={form.value.json}
        onInput={({ currentTarget: { value } }) => writeRecipe(value)}
      />
      <div id="recipe-issues" role="status">
        {checked === undefined && <p class="muted">Checking …</p>}
        {checked?.isGood === true && (
          <p>
            <span class="sign good" aria-hidden="true">
              ✓
            </span>{' '}
            This recipe can be trained.
          </p>
        )}
        {issues.length > 0 && (
          <>
            <p>
              <span class="sign bad" aria-hidden="true">
                ✕
              </span>{' '}
              {issues.length === 1 ? 'One fault.' : `${issues.length} faults.`} Correct what is named:
            </p>
            <ul>
              {issues.map(({ path, message }) => (
                <li key={`${path}${message}`}>
                  {path !== '' && <code>{path}</code>} {message}
                </li>
              ))}
            </ul>
          </>
        )}
        <p class="muted">
          Or drop a .json file on the window, or{' '}
          <label class="link">
            open one
            <input
              type="file"
              accept=".json,application/json"
              class="visually-hidden"
              onChange={({ currentTarget }) => {
                const file = currentTarget.files?.item(0);
                if (file) void takeRecipe(file);
                currentTarget.value = '';
              }}
            />
          </label>
          .
        </p>
      </div>
    </div>
  );
}
