import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_HEADER_NAMES } from '../../src/gateway/identity-headers/identity-header-names.ts';
import {
  type AttackedWardgate,
  STRANGER,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';
import { fieldsNamed, NO_IDENTITY, seenIdentity, spellings } from '../support/attack/identity-fields.ts';
import { rawRequest } from '../support/wire/raw-http.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

const DOCTOR = {
  'x-user-id': expect.stringMatching(/^usr_[0-9a-f]{32}$/),
  'x-user-roles': 'doctor',
  'x-consumer-username': 'doctor',
  'x-session-id': expect.stringMatching(/^ses_[0-9a-f]{32}$/),
};

describe.each(['127.0.0.1', STRANGER])('identity headers that a client at %s sends', (from) => {
  it.each(['evil', '', 'admin', 'a'.repeat(2000)])(
    'attack 1: are replaced by ours, with and without a token: %#',
    async (value) => {
      const planted = IDENTITY_HEADER_NAMES.map((name) => `${name}: ${value}`);
      const doctor = await wardgate.reach('GET /doctors/x', [...planted, wardgate.bearer('doctor')], {
        from,
      });
      expect(seenIdentity(doctor)).toEqual(DOCTOR);
      const known = await wardgate.reach('GET /public/x', [wardgate.cookie('doctor'), ...planted], { from });
      expect(seenIdentity(known)).toEqual(DOCTOR);
      const nobody = await wardgate.reach('GET /public/x', planted, { from });
      expect(seenIdentity(nobody)).toEqual(NO_IDENTITY);
    },
  );

  it.each(spellings())('attack 2: are gone in the spelling %s', async (name) => {
    const request = await wardgate.reach(
      'GET /doctors/x',
      [`${name}: evil`, wardgate.bearer('doctor'), `${name}:evil`],
      {
        from,
      },
    );
    expect(seenIdentity(request)).toEqual(DOCTOR);
  });

  it('attack 2: are gone in any spelling, however often they stand there', async () => {
    const separator = fc.constantFrom(
      '-',
      '_',
      '.',
      '~',
      '+',
      '!',
      '|',
      '`',
      '^',
      "'",
      '*',
      '&',
      '%',
      '$',
      '#',
    );
    const spelling = fc
      .tuple(
        fc.constantFrom(...IDENTITY_HEADER_NAMES),
        fc.array(separator, { minLength: 3, maxLength: 3 }),
        fc.infiniteStream(fc.boolean()),
      )
      .map(([name, separators, upper]) => {
        let at = 0;
        const cased = [...name]
          .map((letter) => (upper.next().value ? letter.toUpperCase() : letter))
          .join('');
        return cased.replaceAll('-', () => separators[at++] ?? '-');
      });
    const field = fc.tuple(
      spelling,
      fc.constantFrom(': ', ':', ':\t'),
      fc.constantFrom('evil', '', 'admin', '\xff', 'a, b'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (fields, withToken) => {
          const planted = fields.map((parts) => parts.join(''));
          const credential = withToken ? [wardgate.bearer('doctor')] : [];
          const request = await wardgate.reach('GET /public/x', [...planted, ...credential], { from });
          expect(seenIdentity(request)).toEqual(withToken ? DOCTOR : NO_IDENTITY);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ...[
      'X-User-Id : evil',
      'X-User-Id\t: evil',
      ' X-User-Id: evil',
      'X-User-Id\0: evil',
      'X-User-Id: ev\0il',
    ],
    ...[
      'X-User-Id: e\rvil',
      'X-User-Id: e\nX-User-Roles: admin',
      'X-Us\xe9r-Id: evil',
      'X User Id: evil',
      ': evil',
    ],
    ...['X-A: b\r\n X-User-Id: evil', 'X-A: b\n\nX-User-Id: evil', 'X-User-Id', '(X-User-Id): a'],
  ])('attack 2: are no way in through a malformed line: %j', async (line) => {
    const bytes = rawRequest('GET /public/x', ['X-First: 1', line]);
    const { response, reached } = await wardgate.sendBytes(bytes, from);
    if (response.status !== 400)
      for (const request of reached) expect(seenIdentity(request)).toEqual(NO_IDENTITY);
    else expect(reached).toEqual([]);
    for (const request of reached) expect(JSON.stringify(request)).not.toMatch(/evil|admin/);
  });

  it.each(['X-User-Id', 'X_User_Id', 'x-user-roles'])(
    'attack 1: are gone when %s is repeated as often as a request may hold it, and 300 are refused',
    async (name) => {
      const line = `${name}: evil`;
      const request = await wardgate.reach('GET /public/x', Array<string>(90).fill(line), { from });
      expect(seenIdentity(request)).toEqual(NO_IDENTITY);
      const { response, reached } = await wardgate.send('GET /public/x', Array<string>(300).fill(line), {
        from,
      });
      expect(response.status).toBe(431);
      expect(reached).toEqual([]);
    },
  );

  it('attack 1: do not arrive as trailers of a chunked body', async () => {
    const trailers = IDENTITY_HEADER_NAMES.map((name) => `${name}: evil\r\n`).join('');
    const headers = [
      'Transfer-Encoding: chunked',
      `Trailer: ${IDENTITY_HEADER_NAMES.join(', ')}`,
      'TE: trailers',
    ];
    const request = await wardgate.reach('POST /public/x', headers, {
      body: `1\r\na\r\n0\r\n${trailers}\r\n`,
      from,
    });
    expect(request).toMatchObject({ body: 'a', trailers: '' });
    expect(seenIdentity(request)).toEqual(NO_IDENTITY);
    expect(fieldsNamed(request, 'trailer')).toEqual([]);
  });
});

describe('header names that two programs read differently', () => {
  it.each([
    'X_Forwarded_Uri',
    'X_Original_URL',
    'x_original-uri',
    'X-FORWARDED_METHOD',
    'X.Original.URL',
    'X_Rewrite_Url',
  ])('attack 3: through a trusted proxy are ignored and not passed on: %s', async (name) => {
    const denied = await wardgate.send('GET /secret', [`${name}: /public/x`]);
    expect(denied.response.status).toBe(401);
    const request = await wardgate.reach('GET /public/x', [`${name}: /secret`]);
    expect(fieldsNamed(request, name)).toEqual([]);
  });

  it('attack 4: duplicates of what may stand once are 400', async () => {
    const [doctor, patient, cookie] = [
      wardgate.bearer('doctor'),
      wardgate.bearer('patient'),
      wardgate.cookie('doctor'),
    ];
    const joined = `${cookie}; ${wardgate.cookie('patient').slice('Cookie: '.length)}`;
    for (const headers of [
      [doctor, patient],
      [doctor, doctor],
      [doctor, doctor.replace('Authorization', 'authorization')],
      [`${doctor}, ${doctor.slice('Authorization: '.length)}`],
      [cookie, wardgate.cookie('patient')],
      [cookie, cookie],
      [joined],
      ['Host: a.test', 'Host: b.test', doctor],
      ['Host: a.test', 'host: a.test', doctor],
      ['Host: a.test, b.test', doctor],
    ]) {
      const { response, reached } = await wardgate.send('GET /doctors/x', headers);
      expect(response.status, headers.join(' | ')).toBe(400);
      expect(reached).toEqual([]);
    }
  });

  it.each([
    ...[
      'X-User-Id, X-User-Roles',
      'close, X-User-Id, X-User-Roles',
      'X-User-Roles',
      'x-session-id,x-consumer-username',
    ],
    ...[
      'keep-alive, X-User-Id, X-Forwarded-For, X-Request-Id, Host, Cookie',
      'X_User_Id',
      ',,X-User-Id,,',
      '\tX-User-Id\t',
    ],
    ...['close, content-length', 'close, transfer-encoding, X-User-Id'],
  ])('attack 5: "Connection: %s" takes none of our headers away', async (value) => {
    const lines = [`Connection: ${value}`, 'X-User-Id: evil', wardgate.bearer('doctor'), 'Connection: close'];
    const request = await wardgate.reach('GET /doctors/x', lines);
    expect(seenIdentity(request)).toEqual(DOCTOR);
    for (const name of ['X-Forwarded-For', 'X-Request-Id', 'Host'])
      expect(fieldsNamed(request, name)).toHaveLength(1);
  });

  it.each(['close, content-length', 'Content-Length', 'transfer-encoding'])(
    'attack 5: "Connection: %s" does not take the framing of a body away',
    async (value) => {
      const smuggled = 'GET /secret HTTP/1.1\r\nHost: a\r\nX-User-Id: evil\r\n\r\n';
      const headers = [`Connection: ${value}`, 'Connection: close', `Content-Length: ${smuggled.length}`];
      const { reached } = await wardgate.send('POST /public/x', headers, { body: smuggled });
      for (const request of reached) expect(request).toMatchObject({ target: '/public/x', body: smuggled });
    },
  );
});
