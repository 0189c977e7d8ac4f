import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS } from '../../src/gateway/forward-auth/dialects.ts';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

describe.each(DIALECTS.map(({ name, path }) => ({ name, path })))(
  'the dialect of $name',
  ({ name, path }) => {
    const [method, target] =
      name === 'nginx' ? ['X-Original-Method', 'X-Original-URI'] : ['X-Forwarded-Method', 'X-Forwarded-Uri'];

    it('attack 22: is not judged by its own line when a header is missing', async () => {
      const doctor = wardgate.bearer('doctor');
      for (const headers of [[], [`${method}: GET`], [`${target}: /public/x`], [`${method}:`, `${target}:`]])
        for (const line of [`GET ${path}`, `GET ${path}?/public/x`, `POST ${path}`, `OPTIONS ${path}`]) {
          const { response } = await wardgate.send(line, [...headers, doctor]);
          expect(response.status).toBe(400);
        }
    });

    it("attack 22: is not another dialect's", async () => {
      const [otherMethod, otherTarget] =
        name === 'nginx'
          ? ['X-Forwarded-Method', 'X-Forwarded-Uri']
          : ['X-Original-Method', 'X-Original-URI'];
      const others = [`${otherMethod}: GET`, `${otherTarget}: /public/x`];
      expect((await wardgate.send(`GET ${path}`, others)).response.status).toBe(400);
      const both = [...others, `${method}: GET`, `${target}: /secret`];
      expect((await wardgate.send(`GET ${path}`, both)).response.status).toBe(401);
    });

    it.each([
      '/health',
      '/ready',
      '/metrics',
      '/',
      '/x',
      '//',
      '/..',
      '/%2e%2e/health',
      '%2f',
      ';x',
      '?',
      '/health?x',
      '.php',
    ])('attack 23: has no way around at %j', async (suffix) => {
      const described = [
        `${method}: GET`,
        `${target}: /secret`,
        'User-Agent: kube-probe/1.30',
        'X-Health-Check: 1',
      ];
      const { response, reached } = await wardgate.send(`GET ${path}${suffix}`, described);
      expect([400, 401, 404]).toContain(response.status);
      expect(reached).toEqual([]);
    });

    it.each([
      'GoogleHC/1.0',
      'ELB-HealthChecker/2.0',
      'kube-probe/1.30',
      'Go-http-client/1.1',
      'Prometheus/2.0',
    ])('attack 23: does not know the User-Agent %s', async (agent) => {
      const described = [`${method}: GET`, `${target}: /secret`, `User-Agent: ${agent}`];
      expect((await wardgate.send(`GET ${path}`, described)).response.status).toBe(401);
      expect((await wardgate.send('GET /secret', [`User-Agent: ${agent}`])).response.status).toBe(401);
    });

    it('attack 24: interprets no query, its own or the original one', async () => {
      const settings = '?rd=/public/x&allowed_groups=doctor&allow=public&skip_auth=1&access_token=x';
      const described = [`${method}: GET`, `${target}: /secret${settings}`];
      expect((await wardgate.send(`GET ${path}${settings}`, described)).response.status).toBe(401);
      expect(
        (await wardgate.send(`GET ${path}${settings}`, [...described, wardgate.bearer('doctor')])).response
          .status,
      ).toBe(403);
      const inQuery = wardgate.bearer('admin').split(' ').at(-1);
      expect((await wardgate.send(`GET /secret?access_token=${inQuery}`)).response.status).toBe(401);
    });

    it('attack 11: judges a target exactly as the proxy would, or refuses it', async () => {
      const piece = fc.constantFrom(
        '/',
        'public',
        'secret',
        '..',
        '%2e',
        '%2f',
        '%61',
        ';',
        '?',
        '#',
        '\\',
        '%',
        '%00',
        '//',
        '@',
        '\xff',
        'x',
      );
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { maxLength: 7 }), async (pieces) => {
          const asked = `/${pieces.join('')}`;
          const proxied = (await wardgate.send(`GET ${asked}`)).response.status;
          const { status } = (await wardgate.send(`GET ${path}`, [`${method}: GET`, `${target}: ${asked}`]))
            .response;
          expect([proxied, 400]).toContain(status);
        }),
        { numRuns: 150 },
      );
    });
  },
);
