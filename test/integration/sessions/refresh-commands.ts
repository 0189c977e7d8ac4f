import fc from 'fast-check';
import { expect } from 'vitest';
import { type Act, BEGUN, judge, judgeAll, later, type Outcome, type RuledSession } from './refresh-rules.ts';
import type { Process, World } from './refresh-world.ts';

/** What the client holds and what the rules say of its sessions. */
export interface Model {
  readonly sessions: Map<string, ModelSession>;
  /** The sessions whose replay was answered, so that it stands in the audit log. */
  readonly reported: string[];
}

interface ModelSession {
  rules: RuledSession;
  /** The tokens that the client got, by their counters. */
  readonly tokens: string[];
  /** Tokens whose answers got lost on the way; they were seen by nobody but the test. */
  readonly lost: Map<number, string>;
}

type Command = fc.AsyncCommand<Model, World>;

/** Which session, and which of its tokens: 0 is the newest that the client holds. */
interface Choice {
  readonly process: number;
  readonly session: number;
  readonly age: number;
}

const choice = fc.record({
  process: fc.nat(3),
  session: fc.nat(5),
  age: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.constant(1) },
    fc.nat(4),
  ),
});

// Sums of the short steps stay clear of the grace's 30 seconds, and those of the long one of 14 and 30 days: what a test itself takes
// never decides.
const ELEVEN_DAYS = 11 * 24 * 60 * 60;
const steps = fc.constantFrom(11, 11, 40, ELEVEN_DAYS);

/** The commands of the model, in the mix in which they find the most. */
export const refreshCommands: fc.Arbitrary<Command>[] = [
  fc.nat(3).map(logIn),
  choice.map((of) => refresh(of, 'heard')),
  choice.map((of) => refresh(of, 'heard')),
  choice.map((of) => refresh(of, 'lost')),
  choice.map(crashBeforeCommit),
  fc.tuple(choice, fc.boolean()).map(([of, restarts]) => crashAfterCommit(of, restarts)),
  fc
    .tuple(
      choice,
      fc.array(fc.record({ age: fc.nat(2), revokes: fc.nat(9) }), { minLength: 2, maxLength: 4 }),
    )
    .map(([of, acts]) => inParallel(of, acts)),
  fc.tuple(choice, fc.integer({ min: 2, max: 20 })).map(([of, count]) => burst(of, count)),
  fc
    .tuple(choice, fc.constantFrom(0, 0, 11), fc.integer({ min: 2, max: 12 }))
    .map(([of, pause, times]) => persist(of, pause, times)),
  choice.map(revoke),
  steps.map(advance),
];

function logIn(process: number): Command {
  return command(
    `logIn(${process})`,
    () => true,
    async (model, world) => {
      const { sessionId, refreshToken } = await at(world, process).core.begin(world.username);
      model.sessions.set(sessionId, { rules: BEGUN, tokens: [refreshToken], lost: new Map() });
    },
  );
}

function refresh(of: Choice, answer: 'heard' | 'lost'): Command {
  return onSession(`refresh(${show(of)}, ${answer})`, async (model, world, [sessionId, session]) => {
    const [token, counter] = chosen(session, of.age);
    const [outcome, next] = judge(session.rules, { kind: 'refresh', counter });
    expect(await outcomeOf(at(world, of.process), session, token, counter, answer)).toBe(outcome);
    settle(model, sessionId, session, next);
  });
}

function crashBeforeCommit(of: Choice): Command {
  return onSession(`crashBeforeCommit(${show(of)})`, async (_model, world, [, session]) => {
    const process = at(world, of.process);
    await process.link.cut();
    try {
      expect((await process.core.refresh(chosen(session, of.age)[0])).status).toBe(503);
    } finally {
      await process.link.mend();
    }
  });
}

function crashAfterCommit(of: Choice, restarts: boolean): Command {
  return onSession(`crashAfterCommit(${show(of)}, ${restarts})`, async (_model, world, [, session]) => {
    const process = at(world, of.process);
    const [token, counter] = chosen(session, of.age);
    process.link.swallowNext(/UPDATE \d+\0/);
    expect((await process.core.refresh(token)).status).toBe(503);
    if (restarts) await process.restart();
    // Nobody was there to report it.
    session.rules = judge(session.rules, { kind: 'refresh', counter })[1];
  });
}

/** Several at once, each at a process of its own; what comes of them must be what comes of them one after another, in some order. */
function inParallel(
  of: Choice,
  picks: readonly { readonly age: number; readonly revokes: number }[],
): Command {
  const name = `inParallel(${show(of)}, ${picks.map(({ age, revokes }) => (revokes === 0 ? 'revoke' : age))})`;
  return onSession(name, async (model, world, [sessionId, session]) => {
    const begun = picks.map(async ({ age, revokes }, index): Promise<[Act, Outcome]> => {
      const process = at(world, of.process + index);
      if (revokes === 0)
        return [{ kind: 'revoke' }, await process.core.sessions.end(sessionId, world.userId)];
      const [token, counter] = chosen(session, age);
      return [{ kind: 'refresh', counter }, await outcomeOf(process, session, token, counter, 'heard')];
    });
    const done = await Promise.all(begun);
    const row = (await world.rows()).get(sessionId);
    const next = ordersOf(done)
      .map((order) => ({
        order,
        judged: judgeAll(
          session.rules,
          order.map(([act]) => act),
        ),
      }))
      .filter(({ order, judged: [outcomes] }) =>
        order.every(([, outcome], index) => outcome === outcomes[index]),
      )
      .map(({ judged: [, rules] }) => rules)
      .find((rules) => isRow(rules, row));
    if (next === undefined)
      throw new Error(`no order explains ${JSON.stringify(done)} and ${JSON.stringify(row)}`);
    settle(model, sessionId, session, next);
  });
}

/** The same token many times at one process, which may share statements: what comes of them is what comes of some of them one after another. */
function burst(of: Choice, count: number): Command {
  return onSession(`burst(${show(of)}, ${count})`, async (model, world, [sessionId, session]) => {
    const [token, counter] = chosen(session, of.age);
    const asked = Array.from({ length: count }, () =>
      outcomeOf(at(world, of.process), session, token, counter, 'heard'),
    );
    const seen = new Set(await Promise.all(asked));
    const row = (await world.rows()).get(sessionId);
    const act: Act = { kind: 'refresh', counter };
    const next = Array.from({ length: count }, (_, index) =>
      judgeAll(
        session.rules,
        Array.from({ length: index + 1 }, () => act),
      ),
    ).find(
      ([outcomes, rules]) => isRow(rules, row) && new Set(outcomes).symmetricDifference(seen).size === 0,
    );
    if (next === undefined) throw new Error(`no number of statements explains ${JSON.stringify(row)}`);
    settle(model, sessionId, session, next[1]);
  });
}

/** The same token again and again, with or without time in between: it finds a grace that slides, or has no end. */
function persist(of: Choice, pauseSeconds: number, times: number): Command {
  return onSession(
    `persist(${show(of)}, ${pauseSeconds}, ${times})`,
    async (model, world, [sessionId, session]) => {
      const [token, counter] = chosen(session, of.age);
      for (let time = 0; time < (pauseSeconds === 0 ? times : 4); time += 1) {
        await pass(model, world, pauseSeconds);
        const [outcome, next] = judge(session.rules, { kind: 'refresh', counter });
        expect(await outcomeOf(at(world, of.process + time), session, token, counter, 'lost')).toBe(outcome);
        settle(model, sessionId, session, next);
      }
    },
  );
}

function revoke(of: Choice): Command {
  return onSession(`revoke(${show(of)})`, async (_model, world, [sessionId, session]) => {
    const [outcome, next] = judge(session.rules, { kind: 'revoke' });
    expect(await at(world, of.process).core.sessions.end(sessionId, world.userId)).toBe(outcome);
    session.rules = next;
  });
}

function advance(seconds: number): Command {
  return command(
    `advance(${seconds})`,
    ({ sessions }) => sessions.size > 0,
    (model, world) => pass(model, world, seconds),
  );
}

async function pass(model: Model, world: World, seconds: number): Promise<void> {
  if (seconds === 0) return;
  await world.advanceSeconds(seconds);
  for (const session of model.sessions.values()) session.rules = later(session.rules, seconds);
}

function onSession(
  name: string,
  run: (model: Model, world: World, chosen: readonly [string, ModelSession]) => Promise<void>,
): Command {
  const pick = Number(/s(\d+)/.exec(name)?.[1]);
  return command(
    name,
    ({ sessions }) => sessions.size > 0,
    (model, world) => {
      const entry = [...model.sessions][pick % model.sessions.size];
      if (entry === undefined) throw new Error('the command was run without a session');
      return run(model, world, entry);
    },
  );
}

/** After each command every row of the user is what the rules say, those of other sessions too, and there is none but of log-ins. */
function command(
  name: string,
  check: (model: Model) => boolean,
  run: (model: Model, world: World) => Promise<void>,
): Command {
  return {
    check,
    toString: () => name,
    async run(model, world) {
      await run(model, world);
      const rows = await world.rows();
      expect([...rows.keys()].sort()).toEqual([...model.sessions.keys()].sort());
      for (const [id, { rules }] of model.sessions) {
        const { state, counter, graceUses } = rules;
        expect(rows.get(id)).toEqual({ state, counter, graceUses });
      }
    },
  };
}

/** Refreshes, and holds that a successor is the one that was told before; what got lost is kept to be compared with. */
async function outcomeOf(
  process: Process,
  session: ModelSession,
  token: string,
  counter: number,
  answer: 'heard' | 'lost',
): Promise<Outcome> {
  const { status, successor } = await process.core.refresh(token);
  if (status === 401) return 'refused';
  if (status !== 200 || successor === undefined) throw new Error(`a refresh was answered ${status}`);
  const next = counter + 1;
  expect(successor).toBe(session.tokens[next] ?? session.lost.get(next) ?? successor);
  if (answer === 'heard') session.tokens[next] = successor;
  else session.lost.set(next, successor);
  return 'successor';
}

function settle(model: Model, sessionId: string, session: ModelSession, next: RuledSession): void {
  if (next.state === 'compromised' && session.rules.state !== 'compromised') model.reported.push(sessionId);
  session.rules = next;
}

function isRow(
  rules: RuledSession,
  row: { readonly state: string; readonly counter: number; readonly graceUses: number } | undefined,
): boolean {
  return row?.state === rules.state && row.counter === rules.counter && row.graceUses === rules.graceUses;
}

function chosen({ tokens }: ModelSession, age: number): readonly [string, number] {
  const counter = Math.max(0, tokens.length - 1 - age);
  return [tokens[counter] ?? '', counter];
}

function at({ processes }: World, index: number): Process {
  const process = processes[index % processes.length];
  if (process === undefined) throw new Error('the world has no process');
  return process;
}

function ordersOf<Value>(values: readonly Value[]): Value[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, index) =>
    ordersOf(values.toSpliced(index, 1)).map((order) => [value, ...order]),
  );
}

const show = ({ process, session, age }: Choice) => `p${process} s${session} -${age}`;
