import { describe, expect, it } from 'vitest';
import { GUESS_LIMITS } from '../../src/core/passwords/guess-limiter.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../support/core/core-app.ts';

const SESSIONS = '/v1/auth/sessions';

/** Tries one password from an address. */
async function tryPassword(
  { app }: CoreUnderTest,
  attempt: { login: string; password?: string; clientAddress: string },
): Promise<Response> {
  const { login, password = 'a wrong guess', clientAddress } = attempt;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ login, password });
  return app.request(SESSIONS, { method: 'POST', headers, body }, { requestId: 'req-1', clientAddress });
}

describe('attack 51: guessing passwords', () => {
  it('lets few of 10,000 guesses on one account through, and the owner in all the while', async () => {
    const core = await startCoreApp();
    const owner = { login: 'doctor@demo.test', password: PASSWORD, clientAddress: '198.51.100.1' };
    expect((await tryPassword(core, owner)).status).toBe(201);
    const seen = new Map<number, number>();
    for (let index = 0; index < 10_000; index += 1) {
      const clientAddress = `10.0.${index >> 8}.${index & 255}`;
      const { status } = await tryPassword(core, { login: 'Doctor@demo.test', clientAddress });
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
    expect(seen).toEqual(
      new Map([
        [401, GUESS_LIMITS.account.points],
        [429, 10_000 - GUESS_LIMITS.account.points],
      ]),
    );
    expect((await tryPassword(core, owner)).status).toBe(201);
  });

  it('lets few of 10,000 guesses through that one address makes, one on each account', async () => {
    const core = await startCoreApp();
    let through = 0;
    for (let index = 0; index < 10_000; index += 1) {
      const { status } = await tryPassword(core, { login: `user-${index}`, clientAddress: '10.0.0.1' });
      if (status !== 429) through += 1;
    }
    expect(through).toBe(GUESS_LIMITS.address.points);
    expect(core.hasher.verified).toHaveLength(GUESS_LIMITS.address.points);
    const elsewhere = { login: 'doctor', password: PASSWORD, clientAddress: '10.0.0.2' };
    expect((await tryPassword(core, elsewhere)).status).toBe(201);
  });

  it('refuses the right password too, after guesses on that account, and alike for accounts that do not exist', async () => {
    const core = await startCoreApp();
    const answers = [];
    for (const login of ['doctor', 'nobody']) {
      const attempt = { login, clientAddress: '10.0.0.1' };
      for (let index = 0; index < GUESS_LIMITS.pair.points; index += 1)
        expect((await tryPassword(core, attempt)).status).toBe(401);
      const refused = await tryPassword(core, { ...attempt, password: PASSWORD });
      expect(refused.status).toBe(429);
      const seconds = Number(refused.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(GUESS_LIMITS.pair.durationSeconds - 60);
      expect(seconds).toBeLessThanOrEqual(GUESS_LIMITS.pair.durationSeconds);
      answers.push(await refused.text());
    }
    expect(answers[0]).toBe(answers[1]);
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ code: 'too_many_requests', status: 429 });
    expect(core.logged.join('\n')).toContain('"because":"limited"');
  });

  it('lets no guesses made at the same moment slip through together', async () => {
    const core = await startCoreApp();
    const attempt = { login: 'doctor', clientAddress: '10.0.0.1' };
    const all = await Promise.all(Array.from({ length: 200 }, () => tryPassword(core, attempt)));
    expect(all.filter(({ status }) => status === 401)).toHaveLength(GUESS_LIMITS.pair.points);
  });
});
