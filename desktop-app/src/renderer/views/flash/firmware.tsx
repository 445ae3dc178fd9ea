import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { FirmwareBoard, FirmwareJob } from '../../../common/contract/firmware.js';
import { call, on } from '../../bridge.js';
import { bytes, percent } from '../../parts/format.js';
import { Notice } from '../../parts/notice.js';
import { attempt, devices } from '../../state.js';

const job = signal<FirmwareJob | undefined>(undefined);
on('firmwareJob', (told) => (job.value = told));

const PORT_LABELS = { port: 'Port', programmer: 'Port of the programmer' } as const;

/** Puts the firmware itself on a board, through the way in that it has from the factory. A new board needs it once. */
export function Firmware() {
  const [boards, setBoards] = useState<readonly FirmwareBoard[]>([]);
  const [chosen, setChosen] = useState('');
  useEffect(() => {
    void attempt(async () => setBoards(await call('listFirmwareBoards', {})));
    void attempt(async () => (job.value = await call('lastFirmwareJob', {})));
  }, []);
  const board = boards.find((one) => one.board === chosen) ?? boards.at(0);
  if (board === undefined) return null;
  const isRunning = job.value?.state === 'running';
  return (
    <details class="firmware" open={isRunning}>
      <summary>Firmware of a new board</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void write(board, new FormData(event.currentTarget));
        }}
      >
        <label>
          Board
          <select class="field" value={board.board} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {boards.map(({ board: id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {board.way !== 'drive' && <PortField name="port" label={PORT_LABELS[board.way]} isRequired />}
        {board.way !== 'port' && <PortField name="helloPort" label="Port for its hello" isRequired={false} />}
        {board.way === 'programmer' && (
          <label>
            <input type="checkbox" name="setsFuses" /> set the fuses that it needs
          </label>
        )}
        <p class="muted">First: {board.enter}.</p>
        <div class="actions">
          <button type="submit" class="button" disabled={isRunning}>
            Write firmware
          </button>
          {isRunning && (
            <button type="button" class="button" onClick={() => void attempt(() => call('cancelFirmware', {}))}>
              Cancel
            </button>
          )}
        </div>
      </form>
      {job.value && <Standing job={job.value} board={boards.find((one) => one.board === job.value?.board)} />}
    </details>
  );
}

const PortField = ({
  name,
  label,
  isRequired,
}: {
  readonly name: string;
  readonly label: string;
  readonly isRequired: boolean;
}) => (
  <label>
    {label}
    <input
      class="field"
      name={name}
      list="serial-ports"
      required={isRequired}
      placeholder={isRequired ? '/dev/… or COM…' : 'not asked if empty'}
      spellcheck={false}
    />
    <datalist id="serial-ports">
      {devices.value
        .filter(({ kind }) => kind === 'serial')
        .map(({ path, name: known }) => (
          <option key={path} value={path}>
            {known}
          </option>
        ))}
    </datalist>
  </label>
);

async function write({ board }: FirmwareBoard, form: FormData): Promise<void> {
  const named = (field: string): string | undefined => {
    const value = form.get(field);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  await attempt(() =>
    call('writeFirmware', {
      board,
      port: named('port'),
      helloPort: named('helloPort'),
      setsFuses: form.has('setsFuses') ? true : undefined,
    }),
  );
}

function Standing({ job: told, board }: { readonly job: FirmwareJob; readonly board: FirmwareBoard | undefined }) {
  const name = board?.name ?? told.board;
  const incomplete = told.isIncomplete ? ` ${name} has no whole firmware now: write it again.` : '';
  switch (told.state) {
    case 'running':
      return (
        <div role="status">
          <p>{runningWords(told, board)}</p>
          <div class="bar">
            <i style={{ transform: `scaleX(${told.totalBytes === 0 ? 0 : told.bytes / told.totalBytes})` }} />
          </div>
        </div>
      );
    case 'done':
      return (
        <Notice kind="good">
          {name} has its firmware, {bytes(told.totalBytes)}
          {told.isVerified ? ', read back and compared' : ''}.{' '}
          {told.hello === undefined ? 'It was not asked.' : `It answers: ${told.hello}.`}
        </Notice>
      );
    case 'cancelled':
      return <Notice kind="warn">Cancelled.{incomplete}</Notice>;
    case 'failed':
      return (
        <Notice kind="bad">
          {told.error?.message}
          {incomplete}
        </Notice>
      );
  }
}

function runningWords(
  { waitsFor, phase, bytes: done, totalBytes, bytesPerSecond }: FirmwareJob,
  board?: FirmwareBoard,
): string {
  if (waitsFor === 'drive') return `Waiting for the drive: ${board?.enter ?? 'connect the board'}.`;
  if (waitsFor === 'hello') return 'Written. Waiting for its hello.';
  if (phase === undefined) return 'Opening the way in.';
  const speed = bytesPerSecond === undefined ? '' : `, ${bytes(bytesPerSecond)}/s`;
  return `${phase} ${percent(done / Math.max(1, totalBytes))}, ${bytes(done)} of ${bytes(totalBytes)}${speed}`;
}
