import { html, emptyHtml, type Content, type Html } from './html.js';

/** A named figure, with what it means where the name does not say it. */
export interface Row {
  readonly name: Content;
  readonly value: Content;
  readonly note?: string;
}

/** Formats a table with names on the left and figures on the right. */
export const figuresTable = (caption: string, rows: readonly Row[]): Html => html`
  <table class="figures">
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${rows.map(
        ({ name, value, note }) =>
          html`<tr>
            <th scope="row">${name}${note === undefined ? emptyHtml : html` <small>${note}</small>`}</th>
            <td>${value}</td>
          </tr> `,
      )}
    </tbody>
  </table>
`;
