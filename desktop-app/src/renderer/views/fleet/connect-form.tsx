import { ADDRESS, connect } from './fleet-state.js';

const fieldOf = (form: HTMLFormElement, name: string): string =>
  (form.elements.namedItem(name) as HTMLInputElement).value.trim();

/** Which broker, and who asks. The password goes to the process that connects, and is kept nowhere. */
export const ConnectForm = () => (
  <form
    class="connect"
    aria-label="Broker"
    onSubmit={(event) => {
      event.preventDefault();
      const form = event.currentTarget;
      void connect(fieldOf(form, 'address'), fieldOf(form, 'user'), fieldOf(form, 'password'));
    }}
  >
    <label>
      Broker
      <input class="field" name="address" placeholder={ADDRESS} spellcheck={false} maxLength={300} />
    </label>
    <label>
      User
      <input class="field" name="user" autocomplete="off" spellcheck={false} maxLength={200} />
    </label>
    <label>
      Password
      <input class="field" name="password" type="password" autocomplete="off" maxLength={1000} />
    </label>
    <button type="submit" class="button primary">
      Connect
    </button>
  </form>
);
