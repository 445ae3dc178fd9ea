import type { FleetGateway } from '../../../common/contract/fleet.js';
import { whole } from '../../parts/format.js';
import { Notice } from '../../parts/notice.js';

export const Gateways = ({ gateways }: { readonly gateways: readonly FleetGateway[] }) => (
  <section aria-label="Gateways">
    <h2>Gateways</h2>
    {gateways.length === 0 ? (
      <p class="muted">None has reported yet.</p>
    ) : (
      <table class="table">
        <thead>
          <tr>
            <th>Gateway</th>
            <th>State</th>
            <th class="number">Boards</th>
            <th>Tags</th>
          </tr>
        </thead>
        <tbody>
          {gateways.map(({ id, isOnline, boards, tags }) => (
            <tr key={id}>
              <td>{id}</td>
              <td>
                <span class={`glyph ${isOnline ? 'live' : 'gone'}`} aria-hidden="true">
                  {isOnline ? '●' : '–'}
                </span>{' '}
                {isOnline ? 'online' : 'offline'}
              </td>
              <td class="number">{whole(boards)}</td>
              <td class="muted">{tags.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {gateways.flatMap(({ id, refused }) =>
      refused.map(({ port, message }) => (
        <Notice key={`${id} ${port}`} kind="warn">
          {id}, {port}: {message}
        </Notice>
      )),
    )}
  </section>
);
