import { describe, expect, it } from 'vitest';
import { bearer, receivedIn, send, valuesOf } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';

const RECORD = 'GET /patients/p-100/vitals';
const LIVE = 'GET /live/x';

/** Cases of callers that are programs. */
export function machineCases(underTest: () => EdgeUnderTest): void {
  describe('API keys', () => {
    it('pass by their roles, under their own id, and never reach the service', async () => {
      const { port, scene } = underTest();
      const { id, key } = await scene.issueApiKey();
      const received = receivedIn(await send(port, RECORD, [`X-API-Key: ${key}`]));
      expect(valuesOf(received, 'x-user-id')).toEqual([id]);
      expect(valuesOf(received, 'x-user-roles')).toEqual(['doctor']);
      expect(valuesOf(received, 'x-session-id')).toEqual(['']);
      expect(valuesOf(received, 'x-api-key')).toEqual([]);
    });

    it('are refused soon after they were revoked, and on live routes at once', async () => {
      const { port, scene } = underTest();
      const { key, end } = await scene.issueApiKey();
      const ask = async (line: string) => (await send(port, line, [`X-API-Key: ${key}`])).status;
      expect(await ask(RECORD)).toBe(200);
      await end();
      expect(await ask(LIVE)).toBe(401);
      await expect.poll(() => ask(RECORD)).toBe(401);
    });

    it('that are written wrong are refused without a question to the core', async () => {
      const { port, scene } = underTest();
      const { key } = await scene.issueApiKey();
      const asked = () => scene.door.askedFor('/internal/machines/lookup');
      const before = asked();
      expect((await send(port, RECORD, [`X-API-Key: ${key.slice(0, -1)}`])).status).toBe(401);
      expect(asked()).toBe(before);
    });

    it('beside a bearer token are refused with 400', async () => {
      const { port, scene } = underTest();
      const { key } = await scene.issueApiKey();
      const { token } = await scene.issueClientToken();
      expect((await send(port, RECORD, [`X-API-Key: ${key}`, bearer(token)])).status).toBe(400);
    });
  });

  describe("clients' tokens", () => {
    it('pass by their roles, under the id of the client, without a session and a name', async () => {
      const { port, scene } = underTest();
      const { id, token } = await scene.issueClientToken();
      const received = receivedIn(await send(port, RECORD, [bearer(token)]));
      expect(id).toMatch(/^cli_/);
      expect(valuesOf(received, 'x-user-id')).toEqual([id]);
      expect(valuesOf(received, 'x-user-roles')).toEqual(['doctor']);
      expect(valuesOf(received, 'x-session-id')).toEqual(['']);
      expect(valuesOf(received, 'x-consumer-username')).toEqual(['']);
    });

    it('are refused on live routes at once when the client was deleted', async () => {
      const { port, scene } = underTest();
      const { token, end } = await scene.issueClientToken();
      expect((await send(port, LIVE, [bearer(token)])).status).toBe(200);
      await end();
      const refused = await send(port, LIVE, [bearer(token)]);
      expect(refused.status).toBe(401);
      expect(valuesOf(refused, 'www-authenticate')).toEqual([expect.stringContaining('invalid_token')]);
    });
  });
}
