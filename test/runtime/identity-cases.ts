import { describe, expect, it } from 'vitest';
import { bearer, receivedIn, send, valuesOf } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';

const FORGED = [
  'X-User-Id: admin',
  'x-user-roles: admin',
  'X_User_Id: admin',
  'X-USER_ROLES: admin',
  'X-Consumer-Username: root',
  'x_session_id: ses_1',
  'X-Session-Id: ses_1',
  'X-Identity-Assertion: a.b.c',
  'Connection: close, X-User-Id, X-User-Roles',
];
const FOLDED = /^x[-_](?:user[-_](?:id|roles)|consumer[-_]username|session[-_]id|identity[-_]assertion)$/i;

/** Cases of who the service behind the edge believes to see. */
export function identityCases(underTest: () => EdgeUnderTest): void {
  describe('identity headers', () => {
    it('are ours alone, whatever the client sends, in every spelling', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const received = receivedIn(await send(port, 'GET /patients/p-100/x', [bearer(token), ...FORGED]));
      const identity = received.headers.filter(([name]) => FOLDED.test(name));
      expect(identity.map(([name, value]) => [name.toLowerCase(), value]).sort()).toEqual([
        ['x-consumer-username', 'doctor'],
        ['x-session-id', expect.stringMatching(/^ses_/)],
        ['x-user-id', expect.stringMatching(/^usr_/)],
        ['x-user-roles', 'doctor'],
      ]);
    });

    it('are sent empty on a public route without a credential', async () => {
      const received = receivedIn(await send(underTest().port, 'GET /public/x', FORGED));
      const identity = received.headers.filter(([name]) => FOLDED.test(name));
      expect(identity.map(([name, value]) => [name.toLowerCase(), value]).sort()).toEqual([
        ['x-consumer-username', ''],
        ['x-session-id', ''],
        ['x-user-id', ''],
        ['x-user-roles', ''],
      ]);
    });
  });

  describe('what the service does not see', () => {
    it('is the Authorization field and our cookies; other cookies pass', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const cookies = `Cookie: theme=dark; wardgate_session=${'a'.repeat(43)}; refresh_token=r; lang=en`;
      const received = receivedIn(await send(port, 'GET /patients/p-100/x', [bearer(token), cookies]));
      expect(valuesOf(received, 'authorization')).toEqual([]);
      expect(valuesOf(received, 'cookie').join('; ')).toMatch(/^theme=dark; +lang=en$/);
    });

    it("is the client's own account of where it comes from", async () => {
      const { port } = underTest();
      const received = receivedIn(
        await send(port, 'GET /public/x', [
          'X-Forwarded-For: 10.0.0.1',
          'X-Forwarded-Proto: https',
          'X-Forwarded-Host: evil.test',
          'X-Forwarded-Prefix: /admin',
          'X-Real-IP: 10.0.0.1',
          'Forwarded: for=10.0.0.1',
          'X-Original-URL: /admin',
          'X-HTTP-Method-Override: DELETE',
        ]),
      );
      expect(valuesOf(received, 'x-forwarded-for')).toEqual(['127.0.0.1']);
      expect(valuesOf(received, 'x-forwarded-proto')).toEqual(['http']);
      expect(valuesOf(received, 'x-forwarded-host')).not.toEqual(['evil.test']);
      for (const name of ['x-forwarded-prefix', 'x-real-ip', 'forwarded', 'x-original-url'])
        expect(valuesOf(received, name)).toEqual([]);
      expect(received.method).toBe('GET');
      expect(valuesOf(received, 'x-http-method-override')).toEqual([]);
    });
  });

  describe('the forward-auth paths', () => {
    it.each(['nginx', 'traefik', 'caddy'])('refuse a peer that is no trusted proxy (%s)', async (name) => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const refused = await send(port, `GET /_gateway/auth/${name}`, [
        bearer(token),
        'X-Original-URL: http://localhost/public/x',
        'X-Original-Method: GET',
        'X-Forwarded-Method: GET',
        'X-Forwarded-Uri: /public/x',
        'X-Forwarded-Host: localhost',
        'X-Forwarded-Proto: http',
      ]);
      expect(refused.status).toBe(403);
    });
  });
}
