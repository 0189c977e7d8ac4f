import { describe, expect, it } from 'vitest';
import { createArgon2Hasher } from '../../../src/adapters/node/argon2-hasher.ts';
import { startCoreApp } from '../../support/core/core-app.ts';

const SESSIONS = '/v1/auth/sessions';

describe('a storm of log-ins', () => {
  it('answers 503 with Retry-After to what comes when the line of passwords is full, and the rest as ever', async () => {
    const { send, logged } = await startCoreApp({
      hasher: createArgon2Hasher({ runningMax: 1, waitingMax: 2 }),
    });
    const attempts = Array.from({ length: 8 }, () =>
      send('POST', SESSIONS, { body: { login: 'nobody', password: 'a wrong guess' } }),
    );
    const answers = await Promise.all(attempts);
    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(refused).toHaveLength(5);
    for (const answer of refused) {
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await answer.json()).toMatchObject({ code: 'temporarily_unavailable', status: 503 });
    }
    expect(logged.join('\n')).toContain('"dependency":"password_hashing"');
  });
});
