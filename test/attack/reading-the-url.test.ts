import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';
import { words } from '../support/attack/words.ts';
import { rawRequest } from '../support/wire/raw-http.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

/** What a service makes of a target that decodes it twice, takes `\` for `/`, cuts `;` off and resolves dots: all that it may do wrong. */
function carelesslyResolved(target: string): string {
  let path = target.replace(/[?#].*$/s, '');
  for (let round = 0; round < 2; round++)
    path = path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const segments: string[] = [];
  for (const segment of path.replaceAll('\\', '/').split('/')) {
    const name = segment.replace(/;.*$/s, '');
    if (name === '..') segments.pop();
    else if (name !== '.' && name !== '') segments.push(name);
  }
  return `/${segments.join('/')}`;
}

/** Sends a bare request line; nothing of it is encoded or normalized on the way. */
function get(target: string, headers: readonly string[] = []) {
  return wardgate.sendBytes(rawRequest(`GET ${target}`, headers));
}

describe('a target with two readings is 400, whoever asks, and reaches nobody', () => {
  it.each([
    ...words(`
    /public/../admin /public/%2e%2e/admin /public/.%2e/x /public/%2E./x /public/..%2fadmin
    /public/..;/admin /public/%2e%2e;/admin /public/.;/admin /public/..;a=b/admin /public/..%3b/admin
    /public/%252e%252e/admin /public/%252e%252e%252fadmin /public/%25%32%65/admin /public/%%32%65/x
    /public/. /public/.. /public/./x /./public/x /../public/x /public/x/..?a /public/%2e?a /..
    /public/..%5cadmin /public/..%255cadmin /public/.%00./admin /public/..%00/admin /public/..%09/admin
  `),
  ])('attack 11: %s', refuses);

  it.each([
    ...words(`
    /public%2fx /public%2Fx /%2fadmin /public%5Cx /public%5cx /public\\..\\admin /\\admin \\admin
    /public/%2f%2fadmin /public/x%2f /public/\\ /%5c%5cadmin /public/%255c /public/%252f
  `),
  ])('attack 12: %s', refuses);

  it.each([
    ...words(`
    /secret#/public /secret%23/public /secret;x=/public /secret;/public /secret%3b/public
    /public;/../secret /secret%3f/public /public/%3f/../secret /secret?x#/public /secret?# /public/x?a=\x7f
    /public/x?a=\xff
  `),
  ])('attack 14: %s', refuses);

  it.each([
    ...words(`
    http://clinic.example/public/x https://clinic.example/public/x http://evil.test/public/x
    HTTP://a/public/x http://user@clinic.example/public/x //user:pw@evil.test/../admin http:///public/x
    http:/public/x file:///x public/x * ?/public/x clinic.example:443 @/public/x http://clinic.example
    ws://clinic.example/public/x
  `),
  ])('attack 15: %s', refuses);

  it.each([
    ...words(`
    /public/%00 /public/x%00.png /public/\x7f /public/\x80 /public/\xff /public/% /public/%2 /public/%zz
    /public/%u002e /public/%-1 /public/%+1 /public/%1g /public/%c0%ae%c0%ae/admin /public/%c0%af
    /public/%e0%80%ae /public/%f0%80%80%ae /public/%ff /public/%80 /public/%ed%a0%80 /public/%f5%80%80%80
    /public/%c3 /public/%c3/ /public/%e2%82 /public/%c2%85 /public/%0d%0aX-User-Id:%20evil /public/%0a
    /public/%09 /public/%7f /public/%1b /public/\xc0\xae\xc0\xae/x /public/\xef\xbc\x8e\xef\xbc\x8e/admin
  `),
    ...['/public/\x01', '/public/\x1f', '/public/% 1', '/public/\tx', '/public/x y'],
    ...['/public/x HTTP/1.0'],
  ])('attack 16: %j', refuses);

  it('attack 16: a target longer than any browser sends', async () => {
    const { response, reached } = await get(`/public/${'a'.repeat(17_000)}`);
    expect([400, 414, 431]).toContain(response.status);
    expect(reached).toEqual([]);
  });

  async function refuses(target: string): Promise<void> {
    for (const headers of [[], [wardgate.bearer('admin')]]) {
      const { response, reached } = await get(target, headers);
      expect(response.status).toBe(400);
      expect(reached).toEqual([]);
    }
  }
});

describe('a target with one reading', () => {
  it.each([
    ['/public/%2525', 400],
    ['/publicadmin', 404],
    ['/public.evil/x', 404],
    ['/x/public/y', 404],
    ['/publi', 404],
    ['/public', 200],
    ['/public/', 200],
    ['/Public/x', 404],
    ['/PUBLIC/x', 404],
    ['/secretx', 404],
    ['/secret/', 404],
    ['/\u0073ecret', 401],
    ['/xsecret', 404],
    ['/Admin', 404],
    ['/admin', 401],
    ['/%61dmin/', 401],
    ['/%61%64%6d%69%6e', 401],
    ['//admin', 401],
    ['///%61dmin//x', 401],
    ['/%70ublic/x', 200],
    ['/public/%EF%BC%8E%EF%BC%8E/admin', 200],
    ['/public/%ef%bd%81dmin', 200],
    ['/%EF%BC%8E%EF%BC%8E/admin', 404],
    ['/public/...', 200],
    ['/public/..a/.b', 200],
  ])('attack 13 and attack 17: %s is matched whole, decoded and by its case: %i', async (target, status) => {
    expect((await get(target)).response.status).toBe(status);
  });

  it.each([
    ['//public//x', '/public/x'],
    ['/%70ublic/%7ex%41', '/public/~xA'],
    ['/public/%c3%a9%20%22', '/public/%C3%A9%20%22'],
    ['/public/a|b', '/public/a%7Cb'],
    ['/public/x?', '/public/x?'],
    ['/public/x?a=%2e%2e/%2F&b=../..;c=%zz%00', '/public/x?a=%2e%2e/%2F&b=../..;c=%zz%00'],
    ['/public/%EF%BC%8F', '/public/%EF%BC%8F'],
  ])('attack 11: what was matched is what is forwarded: %s', async (target, forwarded) => {
    expect((await get(target)).reached.map((request) => request.target)).toEqual([forwarded]);
  });

  it.each(['/.//admin', '/public/.//x', '//./admin'])(
    'attack 12: dots beside merged slashes are refused: %s',
    async (target) => {
      expect((await get(target)).response.status).toBe(400);
    },
  );

  it.each([
    '/secret?x=/public',
    '/secret?/../public/x',
    '/secret?path=/public/x&rd=/public',
    '/secret?%2e%2e/public',
  ])('attack 14: a query changes nothing: %s', async (target) => {
    expect((await get(target)).response.status).toBe(401);
    expect((await get(target, [wardgate.bearer('doctor')])).response.status).toBe(403);
  });

  it('attack 17: a patient reaches its own record and no other in any spelling', async () => {
    const patient = wardgate.bearer('patient');
    for (const id of ['p-100', '%70-100', 'p%2d100'])
      expect((await get(`/patients/${id}/x`, [patient])).reached).toMatchObject([
        { target: '/patients/p-100/x' },
      ]);
    for (const id of [
      'p-101',
      'P-100',
      'p-100,p-101',
      'p-1001',
      '%20p-100',
      'p-100%20',
      '*',
      'p-10',
      '%EF%BD%90-100',
    ])
      expect((await get(`/patients/${id}/x`, [patient])).response.status, id).toBe(403);
  });
});

describe('any target at all', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '/',
      'public',
      'admin',
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '\\',
      ';',
      '%3b',
      '%00',
      '%25',
      '%252e',
      '?',
      '#',
    ),
    fc.constantFrom(
      '%c0%ae',
      '%61',
      '%EF%BC%8E',
      'secret',
      'a',
      '%20',
      '|',
      '%7C',
      '@',
      ':',
      '//',
      '%',
      '%u002e',
      '\xff',
      '\x01',
      '%0a',
    ),
  );

  it('attack 11: whatever is judged public stays below /public/ for the most careless service', async () => {
    const tail = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/public/', '/', '//public/', '/%70ublic/', '/public'),
        tail,
        async (start, rest) => {
          const { response, reached } = await get(start + rest);
          expect([200, 400, 401, 404]).toContain(response.status);
          for (const { target } of reached) {
            const resolved = carelesslyResolved(target);
            expect(
              resolved === '/public' || resolved.startsWith('/public/'),
              `${target} is ${resolved}`,
            ).toBe(true);
          }
          expect(reached).toHaveLength(response.status === 200 ? 1 : 0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
