import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderFields } from '../../../../src/gateway/inbound-request.ts';
import type { Route } from '../../../../src/gateway/policy/policy.ts';
import { type AllowedRequest, planForward } from '../../../../src/gateway/proxy/plan-forward.ts';

const route: Route = {
  id: 'r',
  pattern: { text: '/**', segments: [], tail: true },
  methods: undefined,
  upstream: {
    id: 'patients',
    origin: 'http://127.0.0.1:9001',
    audience: 'patients',
    basePath: '/base',
    connectTimeoutMs: 1000,
    headersTimeoutMs: 1000,
    idleTimeoutMs: 1000,
  },
  access: { kind: 'public' },
  live: false,
  forwardCredential: false,
  outlivesToken: false,
  assertion: false,
};
const IDENTITY = [
  'X-User-Id',
  'usr_1',
  'X-User-Roles',
  'doctor',
  'X-Consumer-Username',
  '',
  'X-Session-Id',
  's',
];

function plan(
  headers: HeaderFields,
  {
    method = 'GET',
    encrypted = false,
    ...allowed
  }: Partial<AllowedRequest> & { method?: string; encrypted?: boolean } = {},
) {
  return planForward(
    {
      method,
      target: '/raw',
      headers: ['Host', 'gate.example', ...headers],
      peerAddress: '::ffff:10.0.0.9',
      encrypted,
      requestId: 'req-1',
    },
    {
      route,
      target: { path: '/a', query: '?q=1' },
      identityHeaders: IDENTITY,
      peerTrusted: false,
      clientAddress: '10.0.0.9',
      bond: undefined,
      ...allowed,
    },
  );
}

function planned(headers: HeaderFields, options?: Parameters<typeof plan>[1]) {
  const result = plan(headers, options);
  if (!result.ok) throw new Error(`refused: ${result.reason}`);
  return result.value;
}

/** The values that an upstream sees which takes `_` for `-` and ignores case. */
function seen(headers: HeaderFields, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < headers.length; index += 2)
    if (headers[index]?.toLowerCase().replaceAll('_', '-') === name) values.push(headers[index + 1] ?? '');
  return values;
}

/** A spelling of a name: any case, `_` or `-`. */
function spellingsOf(name: string) {
  return fc
    .array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: name.length, maxLength: name.length })
    .map((choices) =>
      Array.from(name, (letter, index) => {
        const [upper, folded] = choices[index] ?? [false, false];
        return letter === '-' && folded ? '_' : upper ? letter.toUpperCase() : letter;
      }).join(''),
    );
}

describe('planForward', () => {
  it('sends the canonical target below the base path, to the host of the upstream', () => {
    const { path, headers, method } = planned(['Accept', 'a/b'], { method: 'PATCH' });

    expect(path).toBe('/base/a?q=1');
    expect(method).toBe('PATCH');
    expect(headers.slice(0, 4)).toEqual(['host', '127.0.0.1:9001', 'Accept', 'a/b']);
  });

  it('shows the upstream no spelling of an identity header but ours', () => {
    const names = [
      'x-user-id',
      'x-user-roles',
      'x-consumer-username',
      'x-session-id',
      'x-identity-assertion',
    ];
    const spelling = fc
      .constantFrom(...names)
      .chain((name) => fc.tuple(fc.constant(name), spellingsOf(name)));
    fc.assert(
      fc.property(spelling, fc.boolean(), ([name, spelled], peerTrusted) => {
        const { headers } = planned([spelled, 'evil', 'Connection', spelled], { peerTrusted });

        const ours = { 'x-user-id': ['usr_1'], 'x-user-roles': ['doctor'], 'x-session-id': ['s'] };
        const expected: Record<string, string[]> = {
          ...ours,
          'x-consumer-username': [''],
          'x-identity-assertion': [],
        };
        expect(seen(headers, name)).toEqual(expected[name]);
      }),
    );
  });

  it('passes every other field as it is, in order and with duplicates', () => {
    const headers = ['X-A', '1', 'x-b_c', '2', 'X-A', '3', 'Sec-Fetch-Mode', 'cors', 'Content-Length', '5'];

    expect(planned(headers).headers.slice(2, 2 + headers.length)).toEqual(headers);
  });

  it.each([
    ['keep-alive', 'timeout=5'],
    ['proxy-authorization', 'Basic x'],
    ['proxy-connection', 'keep-alive'],
    ['te', 'gzip'],
    ['trailer', 'Expires'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'h2c'],
    ['http2-settings', 'AAMAAABkAAQAAP__'],
    ['expect', '100-continue'],
    ['early-data', '1'],
    ['x-http-method-override', 'DELETE'],
    ['x-method-override', 'DELETE'],
    ['x-http-method', 'DELETE'],
    ['x-original-url', '/admin'],
    ['x_original_url', '/admin'],
    ['x-original-path', '/admin'],
    ['x-rewrite-url', '/admin'],
    ['x-real-ip', '1.2.3.4'],
    ['forwarded', 'for=1.2.3.4'],
    ['x-forwarded-uri', '/public'],
    ['x_forwarded_uri', '/public'],
    ['x-forwarded-method', 'GET'],
    ['x-forwarded-port', '1'],
    ['x-forwarded-prefix', '/x'],
    ['x-forwarded-server', 'x'],
    ['x-api-key', 'key'],
    ['x_api_key', 'key'],
    ['authorization', 'Bearer t'],
    ['content_length', '7'],
    ['transfer_encoding', 'chunked'],
  ])('drops %s, of trusted and other peers alike', (name, value) => {
    for (const peerTrusted of [false, true])
      expect(planned([name, value], { peerTrusted }).headers).not.toContain(value);
  });

  it('drops the fields that Connection names, wherever they stand', () => {
    const { headers } = planned([
      'X-Hop',
      '1',
      'Connection',
      'close, X-Hop ,x-other',
      'X-Other',
      '2',
      'X-Stay',
      '3',
    ]);

    expect(headers).not.toContain('X-Hop');
    expect(headers).not.toContain('X-Other');
    expect(headers).toContain('X-Stay');
  });

  it('keeps what it sets itself when Connection names it', () => {
    const { headers } = planned(['Connection', 'X-Forwarded-For, X-Request-Id, Host, X-User-Id']);

    expect(seen(headers, 'x-forwarded-for')).toEqual(['10.0.0.9']);
    expect(seen(headers, 'x-request-id')).toEqual(['req-1']);
    expect(seen(headers, 'host')).toEqual(['127.0.0.1:9001']);
    expect(seen(headers, 'x-user-id')).toEqual(['usr_1']);
  });

  it('hands Authorization on only where the route says so', () => {
    const { headers } = planned(['Authorization', 'Bearer t', 'Authorization_', 'x'], {
      route: { ...route, forwardCredential: true },
    });

    expect(seen(headers, 'authorization')).toEqual(['Bearer t']);
  });

  it('hands TE on for trailers only', () => {
    expect(seen(planned(['TE', 'trailers']).headers, 'te')).toEqual(['trailers']);
  });
});

describe('planForward, cookies', () => {
  it('passes cookies of others byte for byte, over several fields', () => {
    const headers = ['Cookie', 'a=1;b="x y";  c', 'cookie', 'theme=dark; my_access_token=5'];

    expect(planned(headers).headers.slice(2, 6)).toEqual(headers);
  });

  it('takes ours out, in any case and with any spacing, and leaves the rest untouched', () => {
    const value =
      ' __Host-wardgate_session=s; a=1;  WARDGATE_SESSION =x;b="2";access_token=t;refresh_token; c=3';

    expect(seen(planned(['Cookie', value]).headers, 'cookie')).toEqual(['a=1;b="2"; c=3']);
  });

  it('sends no Cookie when nothing is left', () => {
    expect(seen(planned(['Cookie', 'wardgate_session=s; access_token=t']).headers, 'cookie')).toEqual([]);
  });
});

describe('planForward, who speaks for the client', () => {
  const claims = [
    'X-Forwarded-For',
    '1.2.3.4',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Host',
    'App.Example:443',
  ];

  it('sets the family anew for an untrusted peer', () => {
    const { headers } = planned(claims);

    expect(seen(headers, 'x-forwarded-for')).toEqual(['10.0.0.9']);
    expect(seen(headers, 'x-forwarded-proto')).toEqual(['http']);
    expect(seen(headers, 'x-forwarded-host')).toEqual(['gate.example']);
  });

  it('names the client before a trusted peer, whose scheme and host it keeps, and not what the client said of itself', () => {
    const { headers } = planned([...claims, 'x-forwarded-for', '5.6.7.8'], {
      peerTrusted: true,
      clientAddress: '5.6.7.8',
    });

    expect(seen(headers, 'x-forwarded-for')).toEqual(['5.6.7.8, 10.0.0.9']);
    expect(seen(headers, 'x-forwarded-proto')).toEqual(['https']);
    expect(seen(headers, 'x-forwarded-host')).toEqual(['app.example']);
  });

  it.each([
    ['repeated', ['X-Forwarded-Proto', 'https', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Proto', 'https']],
    ['malformed', ['X-Forwarded-Proto', 'ftp', 'X-Forwarded-Host', 'a b/../c']],
    [
      'spelled with _',
      ['X_Forwarded_Proto', 'https', 'x-forwarded_host', 'evil', 'X_Forwarded_For', '9.9.9.9'],
    ],
  ])('takes its own view where a trusted peer says something %s', (_, headers) => {
    const sent = planned(headers, { peerTrusted: true, clientAddress: undefined }).headers;

    expect(seen(sent, 'x-forwarded-proto')).toEqual(['http']);
    expect(seen(sent, 'x-forwarded-host')).toEqual(['gate.example']);
    expect(seen(sent, 'x-forwarded-for')).toEqual(['unknown']);
  });

  it('names requests itself', () => {
    expect(seen(planned(['X-Request-Id', 'theirs']).headers, 'x-request-id')).toEqual(['req-1']);
  });

  it('refuses two hosts, and one that is none', () => {
    expect(plan(['HOST', 'gate.example'])).toEqual({ ok: false, reason: 'header_repeated' });
    const malformed = planForward(
      {
        method: 'GET',
        target: '/',
        headers: ['Host', 'u@h'],
        peerAddress: '::1',
        encrypted: false,
        requestId: 'r',
      },
      {
        route,
        target: { path: '/', query: '' },
        identityHeaders: [],
        peerTrusted: false,
        clientAddress: '::1',
        bond: undefined,
      },
    );
    expect(malformed).toEqual({ ok: false, reason: 'host_malformed' });
  });
});

describe('planForward, upgrades', () => {
  const webSocket = ['Connection', 'keep-alive, Upgrade', 'Upgrade', 'WebSocket', 'Sec-WebSocket-Key', 'k'];

  it('asks for a WebSocket where the client does', () => {
    const { upgrade, headers } = planned(webSocket);

    expect(upgrade).toBe('websocket');
    expect(seen(headers, 'sec-websocket-key')).toEqual(['k']);
  });

  it.each([
    ['h2c', ['Connection', 'Upgrade', 'Upgrade', 'h2c']],
    ['several protocols', ['Connection', 'Upgrade', 'Upgrade', 'websocket, h2c']],
    ['two fields', ['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Upgrade', 'h2c']],
    ['no Connection', ['Upgrade', 'websocket']],
    ['a body', [...webSocket, 'Content-Length', '5']],
    ['chunks', [...webSocket, 'Transfer-Encoding', 'chunked']],
  ])('makes an ordinary request of an upgrade with %s', (_, headers) => {
    const sent = planned(headers);

    expect(sent.upgrade).toBeUndefined();
    expect(seen(sent.headers, 'upgrade')).toEqual([]);
  });

  it('upgrades no method but GET', () => {
    expect(planned(webSocket, { method: 'POST' }).upgrade).toBeUndefined();
  });
});
