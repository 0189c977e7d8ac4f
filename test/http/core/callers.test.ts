import { describe, expect, it } from 'vitest';
import type { CallerFinding } from '../../../src/core/http/caller-authentication.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import { untoldTokens } from '../../support/tokens/steered-tokens.ts';

async function askMe(find: (ids: { userId: string; sessionId: string }) => CallerFinding): Promise<Response> {
  const { core, stores, logIn } = await startCoreApp();
  const { sessionId } = await logIn('doctor');
  const userId = (await stores.users.findByLogin('patient'))?.id ?? '';
  const app = core.createApp(
    { authenticateCaller: async () => find({ userId, sessionId }) },
    core.createIntrospection(untoldTokens),
  );
  return app.request('/v1/auth/me', {}, { requestId: 'req-1', clientAddress: undefined });
}

describe('a caller of the core', () => {
  it('is refused where the credential names one user and its session belongs to another', async () => {
    const response = await askMe((ids) => ({ kind: 'caller', caller: { ...ids, fromCookie: false } }));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'invalid_token' });
  });

  it('is answered 503 while it cannot be told who it is', async () => {
    const answers = [
      await askMe(() => ({ kind: 'unavailable' })),
      await askMe(() => {
        throw new UnavailableError('key_set', 'down');
      }),
    ];
    for (const response of answers) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await response.json()).toMatchObject({ code: 'temporarily_unavailable' });
    }
  });
});
