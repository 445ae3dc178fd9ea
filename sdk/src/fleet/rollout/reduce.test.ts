import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RolloutCommand, RolloutDefinition, RolloutState } from '../contract/index.js';
import type { RolloutAction, RolloutEvent } from './events.js';
import { reduceRollout } from './reduce.js';
import { initialState } from './state.js';
import { countPhases, judgeGroup } from './thresholds.js';

const NEW = 'a'.repeat(64);
const OLD = 'b'.repeat(64);

const definitionOf = (changes: Partial<RolloutDefinition> = {}): RolloutDefinition => ({
  version: 1,
  id: 'spring',
  name: 'spring',
  circuit: NEW,
  blob: { digest: NEW, bytes: 100 },
  targets: { kind: 'all' },
  groups: [group(25), group(75)],
  retries: 0,
  unreachableAfterSeconds: 60,
  onError: 'pause',
  createdAtMs: 0,
  ...changes,
});
const group = (percent: number, successPercent = 100, errorPercent = 0, approval = false) =>
  ({ size: { kind: 'percent', percent }, successPercent, errorPercent, approval }) as const;

const chips = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `0${index}`.slice(-2));
let nonce = 0;
const control = (command: RolloutCommand): RolloutEvent => ({ type: 'control', nonce: String(nonce++), command });
const seen = (chip: string): RolloutEvent => ({ type: 'board', chip, kind: 'host', tags: [], confirmed: OLD });
const told = (wish: string, chip: string, result: 'running' | 'succeeded' | 'failed'): RolloutEvent => ({
  type: 'board',
  chip,
  kind: 'host',
  tags: [],
  confirmed: OLD,
  outcome: {
    wish,
    result,
    ...(result === 'failed' ? { error: { code: 'flash.self-test-failed', message: 'no' } } : {}),
  },
});

/** A rollout, the wishes that it made, and the events that came. */
class Course {
  state: RolloutState;
  readonly wishes: Extract<RolloutAction, { type: 'wish' }>[] = [];
  readonly withdrawn: string[] = [];
  readonly events: RolloutEvent[] = [];

  constructor(readonly definition: RolloutDefinition) {
    this.state = initialState(definition);
  }

  take(...events: readonly RolloutEvent[]): this {
    for (const event of events) {
      const { state, actions } = reduceRollout(this.definition, this.state, event);
      this.events.push(event);
      this.state = state;
      for (const action of actions) {
        if (action.type === 'wish') this.wishes.push(action);
        else this.withdrawn.push(action.id);
      }
    }
    return this;
  }

  /** Lets the boards of all wishes made so far tell the same. */
  answer(result: (chip: string) => 'succeeded' | 'failed'): this {
    const answers = this.wishes.splice(0).map(({ id, chip }) => told(id, chip, result(chip)));
    return this.take(...answers);
  }

  get groups(): readonly string[] {
    return this.state.groups.map(({ phase }) => phase);
  }
}

const startedWith = (boards: number, definition = definitionOf()): Course =>
  new Course(definition).take(...chips(boards).map(seen), control('start'));

describe('a rollout', () => {
  it('wishes the circuit on its first group, and on the next one once that has succeeded', () => {
    const course = startedWith(8);
    expect(course.wishes.map(({ id, circuit, previous }) => [id, circuit, previous])).toEqual(
      Array.from({ length: 2 }, () => ['spring.on.1', NEW, OLD]),
    );
    expect(course.groups).toEqual(['running', 'scheduled']);
    course.answer(() => 'succeeded');
    expect(course.wishes.length).toBe(6);
    expect(course.answer(() => 'succeeded').state.phase).toBe('finished');
  });

  it('draws which boards come first by its id, the same each time', () => {
    const first = (id: string) => startedWith(64, definitionOf({ id })).wishes.map(({ chip }) => chip);
    expect(first('spring')).toEqual(first('spring'));
    expect(first('spring')).not.toEqual(first('summer'));
  });

  it('does nothing before it is started, and waits where somebody must approve', () => {
    const definition = definitionOf({ groups: [group(50, 100, 0, true), group(50, 100, 0, true)] });
    const course = new Course(definition).take(...chips(4).map(seen));
    expect(course.state.phase).toBe('waitingForApproval');
    course.take(control('start'));
    expect([course.state.phase, course.wishes.length]).toEqual(['waitingForApproval', 0]);
    course.take(control('approve'));
    expect([course.state.phase, course.wishes.length]).toEqual(['running', 2]);
    course.answer(() => 'succeeded');
    expect([course.state.phase, course.wishes.length]).toEqual(['waitingForApproval', 0]);
    course.take(control('approve')).answer(() => 'succeeded');
    expect(course.state.phase).toBe('finished');
  });

  it('stops at the error threshold, and goes on when somebody accepts the failures', () => {
    const definition = definitionOf({ groups: [group(50, 50, 25), group(50, 50, 25)] });
    const course = startedWith(8, definition);
    const [first] = course.wishes;
    course.answer((chip) => (chip === first.chip ? 'failed' : 'succeeded'));
    expect(course.state.phase).toBe('running');
    const bad = course.wishes.slice(0, 2).map(({ chip }) => chip);
    course.answer((chip) => (bad.includes(chip) ? 'failed' : 'succeeded'));
    expect([course.state.phase, course.state.pause, ...course.groups]).toEqual([
      'paused',
      'errors',
      'finished',
      'error',
    ]);
    course.take(control('resume'));
    expect(course.state.phase).toBe('finished');
  });

  it('stops as soon as too few boards are left for enough successes', () => {
    const course = startedWith(8, definitionOf({ groups: [group(50, 90, 50), group(50)] }));
    const [first] = course.wishes;
    course.take(told(first.id, first.chip, 'failed'));
    expect([course.state.phase, course.state.pause]).toEqual(['paused', 'successOutOfReach']);
  });

  it('wishes the circuit of before back on a group that failed, where the definition says so', () => {
    const course = startedWith(8, definitionOf({ onError: 'revert', groups: [group(50), group(50)] }));
    const [bad, ...others] = course.wishes.splice(0);
    course.take(told(others[0].id, others[0].chip, 'succeeded'), told(bad.id, bad.chip, 'failed'));
    expect(course.wishes.map(({ id, chip, circuit, back }) => [id, chip, circuit, back])).toEqual(
      expect.arrayContaining(others.map(({ chip }) => ['spring.back.1', chip, OLD, true])),
    );
    expect(course.wishes.length).toBe(3);
    // One had its outcome on the way; what counts is the wish to go back.
    course.take(told(others[1].id, others[1].chip, 'succeeded')).answer(() => 'succeeded');
    const phases = others.map(({ chip }) => course.state.targets[chip].phase);
    expect([...phases, course.state.targets[bad.chip].phase]).toEqual(['reverted', 'reverted', 'reverted', 'failed']);
  });

  it('tries a failed board again, so often as it may', () => {
    const course = startedWith(1, definitionOf({ retries: 2, groups: [group(100)] }));
    expect(course.answer(() => 'failed').wishes.map(({ id }) => id)).toEqual(['spring.on.2']);
    expect(course.answer(() => 'failed').wishes.map(({ id }) => id)).toEqual(['spring.on.3']);
    expect(course.answer(() => 'failed').state.targets['00']).toMatchObject({
      phase: 'failed',
      attempt: 3,
      error: { code: 'flash.self-test-failed' },
    });
  });

  it('waits for no board that is away, and takes it in when it is back', () => {
    const course = startedWith(4, definitionOf({ groups: [group(50, 50), group(50, 50)] }));
    const away = course.wishes[0];
    course.take({ type: 'reach', chip: away.chip, isAway: true });
    expect(course.state.targets[away.chip].phase).toBe('unreachable');
    course.answer((chip) => (chip === away.chip ? 'failed' : 'succeeded'));
    expect(course.groups[1]).toBe('scheduled');

    const patient = startedWith(4, definitionOf({ groups: [group(50, 50), group(50, 50)] }));
    const [gone, there] = patient.wishes.splice(0);
    patient.take({ type: 'reach', chip: gone.chip, isAway: true }, told(there.id, there.chip, 'succeeded'));
    expect(patient.groups).toEqual(['finished', 'running']);
    patient.take({ type: 'reach', chip: gone.chip, isAway: false });
    expect(patient.groups).toEqual(['running', 'running']);
    patient.take(told(gone.id, gone.chip, 'succeeded')).answer(() => 'succeeded');
    expect(patient.state.phase).toBe('finished');
  });

  it('takes a board that appears later into the last group', () => {
    const course = startedWith(4).answer(() => 'succeeded');
    course.take(seen('99'));
    expect(course.state.targets['99']).toMatchObject({ group: 1, phase: 'running' });
    course.answer(() => 'succeeded').take(seen('98'));
    expect(course.state.targets).not.toHaveProperty('98');
  });

  it('has no more boards in the middle of it than it may', () => {
    const course = startedWith(8, definitionOf({ atOnce: 2, groups: [group(100)] }));
    expect(course.wishes.length).toBe(2);
    expect(course.answer(() => 'succeeded').wishes.length).toBe(2);
  });

  it('begins nothing while it is paused, and takes back what is open when it is aborted', () => {
    const course = startedWith(8)
      .take(control('pause'))
      .answer(() => 'succeeded');
    expect([course.state.phase, course.wishes.length]).toEqual(['paused', 0]);
    course.take(control('resume'));
    expect(course.wishes.length).toBe(6);
    course.take(control('abort'));
    expect([course.state.phase, course.withdrawn]).toEqual(['aborted', Array.from({ length: 6 }, () => 'spring.on.1')]);
    course.take(control('resume'), control('start'), seen('99'));
    expect([course.state.phase, course.wishes.length]).toEqual(['aborted', 6]);
  });
});

describe('any rollout, in any order of what boards and people do', () => {
  const percent = fc.constantFrom(0, 10, 25, 50, 100);
  const definitions = fc.record({
    groups: fc.array(
      fc
        .tuple(fc.constantFrom(10, 25, 50), percent, percent, fc.boolean())
        .map(([size, success, error, approval]) => group(size, success, error, approval)),
      { minLength: 1, maxLength: 4 },
    ),
    retries: fc.nat(2),
    onError: fc.constantFrom('pause' as const, 'revert' as const),
    atOnce: fc.constantFrom(1, 3, 1000),
  });
  const moves = fc.array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({ move: fc.constant('answer' as const), at: fc.nat(50), isGood: fc.boolean() }),
      },
      { weight: 4, arbitrary: fc.record({ move: fc.constant('begin' as const), at: fc.nat(50) }) },
      {
        weight: 2,
        arbitrary: fc.record({ move: fc.constant('reach' as const), at: fc.nat(50), isAway: fc.boolean() }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ move: fc.constant('appear' as const), at: fc.integer({ min: 30, max: 40 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ move: fc.constantFrom('pause' as const, 'resume' as const, 'approve' as const) }),
      },
    ),
    { maxLength: 120 },
  );

  type Move = (typeof moves extends fc.Arbitrary<infer Script> ? Script : never)[number];

  interface Played {
    readonly course: Course;
    readonly after: (check: (before: RolloutState, after: RolloutState, course: Course) => void) => void;
  }

  function play(changes: Partial<RolloutDefinition>, script: readonly Move[]): Played {
    const steps: (readonly [RolloutState, RolloutState])[] = [];
    const course = new Course(definitionOf(changes));
    const take = (event: RolloutEvent): void => {
      const before = course.state;
      course.take(event);
      steps.push([before, course.state]);
    };
    for (const chip of chips(20)) take(seen(chip));
    take(control('start'));
    for (const one of script) {
      const all = course.wishes;
      if (one.move === 'answer' && all.length > 0) {
        const { id, chip } = all[one.at % all.length];
        take(told(id, chip, one.isGood ? 'succeeded' : 'failed'));
      } else if (one.move === 'begin' && all.length > 0) {
        const { id, chip } = all[one.at % all.length];
        take(told(id, chip, 'running'));
      } else if (one.move === 'reach') take({ type: 'reach', chip: chips(20)[one.at % 20], isAway: one.isAway });
      else if (one.move === 'appear') take(seen(String(one.at)));
      else if (one.move === 'pause' || one.move === 'resume' || one.move === 'approve') take(control(one.move));
    }
    return { course, after: (check) => steps.forEach(([before, after]) => check(before, after, course)) };
  }

  const forAll = (check: (played: Played) => void): void =>
    fc.assert(
      fc.property(definitions, moves, (changes, script) => check(play(changes, script))),
      { numRuns: 300 },
    );

  it('no group begins before the thresholds of the one before it hold', () => {
    forAll(({ after }) =>
      after((before, state, { definition }) => {
        state.groups.forEach((now, index) => {
          if (index === 0 || now.phase === 'scheduled' || before.groups[index].phase !== 'scheduled') return;
          const earlier = judgeGroup(
            definition.groups[index - 1],
            state.groups[index - 1],
            // The wishes of this very step are open in both.
            countPhases(state)[index - 1],
          );
          expect(earlier).toMatchObject({ hasEnoughSuccesses: true, hasTooManyErrors: false });
          expect(now.isApproved).toBe(true);
        });
      }),
    );
  });

  it('a group never has more errors than its threshold allows and may be in the middle of it', () => {
    fc.assert(
      fc.property(definitions, moves, (changes, script) => {
        const definition = { ...changes, onError: 'pause' as const };
        // Whoever is away does not count as being in the middle of it, and may come back at any time.
        const present = script.filter(({ move }) => move !== 'reach' && move !== 'appear');
        play(definition, present).after((_, state) => {
          countPhases(state).forEach(({ scheduled, running, succeeded, failed }, index) => {
            const { accepted } = state.groups[index];
            const size = scheduled + running + succeeded + failed - accepted;
            const allowed = Math.floor((definition.groups[index].errorPercent * size) / 100);
            expect(failed - accepted).toBeLessThanOrEqual(allowed + definition.atOnce);
          });
        });
      }),
      { numRuns: 300 },
    );
  });

  it('nothing is wished forward while it stands still', () => {
    forAll(({ course }) => {
      const again = new Course(course.definition);
      for (const event of course.events) {
        const wished = again.wishes.length;
        again.take(event);
        if (again.state.pause !== undefined && again.wishes.length > wished)
          expect(again.wishes.slice(wished).every(({ back }) => back)).toBe(true);
      }
    });
  });

  it('events that come again, then or later, change nothing', () => {
    fc.assert(
      fc.property(definitions, moves, fc.array(fc.tuple(fc.nat(200), fc.nat(30))), (changes, script, repeats) => {
        const { course } = play(changes, script);
        const events = course.events.map((event): readonly RolloutEvent[] => [event]);
        for (const [at, later] of repeats) {
          const event = course.events[at % course.events.length];
          const place = Math.min(events.length - 1, (at % course.events.length) + (event.type === 'reach' ? 0 : later));
          events[place] = [...events[place], event];
        }
        const again = new Course(course.definition).take(...events.flat());
        expect(again.state).toEqual(course.state);
        expect(again.wishes).toEqual(course.wishes);
      }),
      { numRuns: 300 },
    );
  });

  it('nothing more follows once what follows is done', () => {
    forAll(({ after }) =>
      after((_, state, { definition }) => {
        expect(reduceRollout(definition, state, { type: 'look' })).toEqual({ state, actions: [] });
      }),
    );
  });

  it('it ends with the new circuit on every board, if they are good and people say yes', () => {
    forAll(({ course }) => {
      for (let round = 0; round < 200 && course.state.phase !== 'finished'; round++) {
        course.take(
          ...Object.keys(course.state.targets).map((chip) => ({ type: 'reach', chip, isAway: false }) as const),
        );
        course.take(control('approve'), control('resume')).answer(() => 'succeeded');
      }
      expect(course.state.phase).toBe('finished');
      const phases = new Set(Object.values(course.state.targets).map(({ phase }) => phase));
      for (const open of ['scheduled', 'running', 'unreachable'] as const) expect(phases).not.toContain(open);
    });
  });
});
