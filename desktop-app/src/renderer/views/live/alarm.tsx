import { whole } from '../../parts/format.js';
import { alarm, dismissAlarm } from './alarm-state.js';

/** The first difference between device and simulator, and how many there were; it stays until it is dismissed. */
export function AlarmBar() {
  const raised = alarm.value;
  if (raised === undefined) return null;
  const { first, where, count } = raised;
  return (
    <section class="alarm" role="alert">
      <span class="sign" aria-hidden="true">
        ≠
      </span>
      <div>
        <h2>
          {first.device} and its simulator differ{count > 1 ? `, in ${whole(count)} inputs so far` : ''}
        </h2>
        <p>
          {first.isFirst ? 'First at' : 'Seen at'} {where}, for {first.input}.{' '}
          {first.count > 1 && `${whole(first.count)} values of this layer differ. `}
          {!first.isFirst && 'This firmware tells no layers, so an earlier one may be the cause.'}
        </p>
      </div>
      <dl>
        <div>
          <dt>device</dt>
          <dd>{whole(first.given)}</dd>
        </div>
        <div>
          <dt>simulator</dt>
          <dd>{whole(first.simulator)}</dd>
        </div>
      </dl>
      <button type="button" class="button" onClick={dismissAlarm}>
        Dismiss
      </button>
    </section>
  );
}
