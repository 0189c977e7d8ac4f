import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDatabaseUrl, parseEnvironment, readPublicUrl } from '../../../src/config/environment.ts';
import { environmentVariables } from '../../../src/config/environment-variables.ts';
import { addressBelow } from '../../../src/oauth/issuer-address.ts';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';

function environmentOf(env: Record<string, string>) {
  const parsed = parseEnvironment(env);
  if (!parsed.ok) throw new Error(parsed.reason.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return parsed.value;
}

function problemsOf(env: Record<string, string | undefined>): Record<string, string> {
  const parsed = parseEnvironment(env);
  return parsed.ok ? {} : Object.fromEntries(parsed.reason.map(({ path, message }) => [path, message]));
}

describe('an environment that is right', () => {
  it('may be empty in development', () => {
    expect(environmentOf({ PATH: '/bin', HOME: '/root' })).toEqual({
      production: false,
      host: '127.0.0.1',
      port: 8080,
      role: 'all',
      policyFile: 'gateway-config/gateway.yaml',
      publicUrl: 'http://localhost:8080',
      secrets: undefined,
      databaseUrl: undefined,
      coreUrls: [],
      client: undefined,
      metricsToken: undefined,
      logLevel: 'info',
    });
  });

  it('is taken as it says', () => {
    const said = environmentOf({
      NODE_ENV: 'production',
      PORT: '9090',
      WARDGATE_ROLE: 'core',
      WARDGATE_CONFIG: '/etc/gateway.yaml',
      WARDGATE_PUBLIC_URL: 'https://Gateway.example/',
      WARDGATE_SECRET: `${SECRET}-new, ${SECRET}-old`,
      DATABASE_URL: 'postgres://u:p@db/wardgate',
      WARDGATE_CLIENT_ID: 'edge',
      WARDGATE_CLIENT_SECRET: SECRET,
      METRICS_TOKEN: SECRET,
      LOG_LEVEL: 'silent',
    });
    expect(said).toEqual({
      production: true,
      host: '0.0.0.0',
      port: 9090,
      role: 'core',
      policyFile: '/etc/gateway.yaml',
      publicUrl: 'https://gateway.example',
      secrets: [`${SECRET}-new`, `${SECRET}-old`],
      databaseUrl: 'postgres://u:p@db/wardgate',
      coreUrls: [],
      client: { id: 'edge', secret: SECRET },
      metricsToken: SECRET,
      logLevel: 'silent',
    });
  });

  it('takes an empty variable as missing, as compose files write them', () => {
    expect(environmentOf({ PORT: '', WARDGATE_SECRET: '', WARDGATE_PUBLIC_URL: '' }).port).toBe(8080);
  });

  it.each(['https://Clinic.example/auth', 'https://clinic.example:443/auth/'])(
    'keeps the path of the public address %s, without a slash at the end',
    (WARDGATE_PUBLIC_URL) => {
      expect(environmentOf({ WARDGATE_PUBLIC_URL }).publicUrl).toBe('https://clinic.example/auth');
    },
  );

  it('has a public address that addresses are written below as they are', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,8}$/);
    const paths = fc
      .array(segment, { maxLength: 4 })
      .map((segments) => segments.map((one) => `/${one}`).join(''));
    fc.assert(
      fc.property(paths, fc.constantFrom('', '/'), (path, slash) => {
        const { publicUrl } = environmentOf({ WARDGATE_PUBLIC_URL: `https://clinic.example${path}${slash}` });
        expect(publicUrl).toBe(`https://clinic.example${path}`);
        expect(new URL(addressBelow(publicUrl, '/oauth/token')).href).toBe(`${publicUrl}/oauth/token`);
      }),
    );
  });

  it('has a public address for commands too, the default where it is wrong', () => {
    expect(readPublicUrl({ WARDGATE_PUBLIC_URL: 'https://clinic.example/auth/' })).toBe(
      'https://clinic.example/auth',
    );
    expect(readPublicUrl({ WARDGATE_PUBLIC_URL: 'clinic' })).toBe('http://localhost:8080');
    expect(readPublicUrl({})).toBe('http://localhost:8080');
  });

  it('puts the port into the default public address', () => {
    expect(environmentOf({ PORT: '9999' }).publicUrl).toBe('http://localhost:9999');
  });

  it('needs neither secret nor database for the role gateway in production', () => {
    const edge = {
      NODE_ENV: 'production',
      WARDGATE_ROLE: 'gateway',
      WARDGATE_PUBLIC_URL: 'https://gateway.example',
      WARDGATE_CORE_URL: 'http://core.internal:8080',
      WARDGATE_CLIENT_ID: 'edge',
      WARDGATE_CLIENT_SECRET: SECRET,
    };
    expect(environmentOf(edge)).toMatchObject({
      coreUrls: ['http://core.internal:8080'],
      client: { id: 'edge' },
    });
  });

  it('takes several cores, each once', () => {
    const env = { WARDGATE_CORE_URL: 'https://one.example, http://two:8080/,https://one.example/' };
    expect(environmentOf(env).coreUrls).toEqual(['https://one.example', 'http://two:8080']);
  });

  it('wants every one of several cores to be an address', () => {
    expect(problemsOf({ WARDGATE_CORE_URL: 'https://one.example,' })).toEqual({
      WARDGATE_CORE_URL:
        'expected of each address separated by commas an address such as https://host.example',
    });
    expect(problemsOf({ WARDGATE_CORE_URL: 'https://one.example/core' })).toEqual({
      WARDGATE_CORE_URL: 'expected an address without a path',
    });
  });

  it.each([
    'redis://r',
    'rediss://someone:p%40ss@redis.internal:6380/15',
    'redis://[::1]:6379/',
    'redis://:p@r',
  ])('takes %s as the address of Redis', (redisUrl) => {
    expect(environmentOf({ REDIS_URL: redisUrl })).toMatchObject({ redisUrl });
  });

  it('says where mails go', () => {
    const env = { SMTP_URL: 'smtps://mail.example', WARDGATE_MAIL_FROM: 'Clinic <no-reply@clinic.example>' };
    expect(environmentOf(env).mail).toEqual({
      server: { host: 'mail.example', port: 465, protection: 'tls', credential: undefined },
      from: { name: 'Clinic', address: 'no-reply@clinic.example' },
    });
  });

  it('takes the addresses of services that nothing uses', () => {
    const env = { UPSTASH_REDIS_REST_URL: 'https://u.example' };
    expect(problemsOf({ ...env, UPSTASH_REDIS_REST_TOKEN: 'x' })).toEqual({});
  });
});

describe('an environment where something is missing', () => {
  it('wants the sender of mails where a server takes them', () => {
    expect(problemsOf({ SMTP_URL: 'smtps://mail.example' })).toEqual({
      WARDGATE_MAIL_FROM: 'expected whom mails are from: SMTP_URL demands it; found nothing',
    });
  });

  it('names all that production demands', () => {
    expect(Object.keys(problemsOf({ NODE_ENV: 'production' }))).toEqual([
      'WARDGATE_PUBLIC_URL',
      'WARDGATE_SECRET',
      'DATABASE_URL',
    ]);
  });

  it('names all that the role gateway demands', () => {
    expect(Object.keys(problemsOf({ WARDGATE_ROLE: 'gateway' }))).toEqual([
      'WARDGATE_CORE_URL',
      'WARDGATE_CLIENT_ID',
      'WARDGATE_CLIENT_SECRET',
    ]);
  });

  it('wants the secret of a client that is named', () => {
    expect(problemsOf({ WARDGATE_CLIENT_ID: 'edge' })).toEqual({
      WARDGATE_CLIENT_SECRET:
        'expected both WARDGATE_CLIENT_ID and WARDGATE_CLIENT_SECRET, or neither; found nothing',
    });
  });
});

/** What variables go with that are wrong without it. */
const COMPANIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  WARDGATE_CLIENT_ID: { WARDGATE_CLIENT_SECRET: SECRET },
  WARDGATE_CLIENT_SECRET: { WARDGATE_CLIENT_ID: 'edge' },
  SMTP_URL: { WARDGATE_MAIL_FROM: 'no-reply@clinic.example' },
};

describe('an environment where something is wrong', () => {
  const WRONG: readonly (readonly [name: string, value: string, expected: string])[] = [
    ['HOST', 'a b', 'a host name or an address'],
    ['PORT', '80a', 'a port from 0 to 65535'],
    ['PORT', '65536', 'a port from 0 to 65535'],
    ['NODE_ENV', 'prod', 'one of development, production, test'],
    ['WARDGATE_ROLE', 'edge', 'one of all, gateway, core'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal, silent'],
    ['WARDGATE_PUBLIC_URL', 'http://gateway.example', 'https (plain http only for this machine'],
    ['WARDGATE_PUBLIC_URL', 'https://gateway.example/a/../b', 'an address whose path'],
    ['WARDGATE_PUBLIC_URL', 'https://u:p@gateway.example', 'an address without user and password'],
    ['WARDGATE_SECRET', 'short', 'at least 32 bytes'],
    ['WARDGATE_SECRET', `${SECRET},short`, 'at least 32 bytes'],
    ['WARDGATE_SECRET', `${SECRET},`, 'at least 32 bytes'],
    ['DATABASE_URL', 'mysql://db', 'an address that begins with postgres:// or postgresql://'],
    ['METRICS_TOKEN', 'short', 'at least 16 visible characters'],
    ['WARDGATE_MAIL_FROM', 'clinic', 'an address such as no-reply@clinic.example'],
    ['REDIS_URL', 'http://r', 'an address that begins with redis:// or rediss://'],
    ['REDIS_URL', 'redis://', 'a host, and behind it at most a port and the number of a database'],
    ['REDIS_URL', 'redis://r/sessions', 'a host, and behind it at most a port and the number of a database'],
    ['REDIS_URL', 'redis://u:%zz@r', 'a host, and behind it at most a port and the number of a database'],
    ['WARDGATE_CORE_URL', 'core.internal', 'an address such as https://host.example'],
    ['WARDGATE_CLIENT_ID', 'the:edge', 'visible characters without spaces and colons'],
    ['WARDGATE_CLIENT_SECRET', 'short', 'at least 16 visible characters without spaces'],
    ['SMTP_URL', 'mail.example', 'an address such as'],
    ['UPSTASH_REDIS_REST_URL', 'u.example', 'an address such as https://host.example'],
    ['UPSTASH_REDIS_REST_TOKEN', 'a b', 'at least 1 visible characters without spaces'],
  ];

  it.each(WRONG)('refuses %s as %j and says what was expected', (name, value, expected) => {
    const problems = problemsOf({ ...COMPANIONS[name], [name]: value });
    expect(Object.keys(problems)).toEqual([name]);
    expect(problems[name]).toContain(`expected ${expected}`);
  });

  it('has something to say of every variable but the name of a file, which may be any', () => {
    const judged = new Set(WRONG.map(([name]) => name));
    expect(Object.keys(environmentVariables).filter((name) => !judged.has(name))).toEqual([
      'WARDGATE_CONFIG',
    ]);
  });

  it('refuses a variable of ours that is not known, and names the one that was meant', () => {
    expect(problemsOf({ WARDGATE_SECRETS: SECRET, WARDGATE_FOO_BAR: 'x' })).toEqual({
      WARDGATE_SECRETS: 'expected a variable that is known; did you mean "WARDGATE_SECRET"?',
      WARDGATE_FOO_BAR: 'expected a variable that is known',
    });
  });

  it('reports all problems at once', () => {
    const env = { NODE_ENV: 'production', PORT: 'x', WARDGATE_SECRET: 'short', WARDGATE_ROEL: 'all' };
    expect(Object.keys(problemsOf(env)).sort()).toEqual([
      'DATABASE_URL',
      'PORT',
      'WARDGATE_PUBLIC_URL',
      'WARDGATE_ROEL',
      'WARDGATE_SECRET',
    ]);
  });

  it('never repeats a value, whichever variable it stands in', () => {
    const names = [...Object.keys(environmentVariables), 'WARDGATE_UNKNOWN'];
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }), (chosen) => {
        const secret = 'Q7 hunter2\\u0000';
        const parsed = parseEnvironment(Object.fromEntries(chosen.map((name) => [name, secret])));
        expect(JSON.stringify(parsed.ok ? [] : parsed.reason)).not.toContain('hunter2');
      }),
    );
  });
});

describe('parseDatabaseUrl', () => {
  it('asks for nothing but the database, also in production', () => {
    expect(parseDatabaseUrl({ NODE_ENV: 'production', DATABASE_URL: 'postgres://db/w', PORT: 'x' })).toEqual({
      ok: true,
      value: 'postgres://db/w',
    });
  });

  it('leaves the embedded Postgres to development', () => {
    expect(parseDatabaseUrl({ DATABASE_URL: '' })).toEqual({ ok: true, value: undefined });
    expect(parseDatabaseUrl({ NODE_ENV: 'production' })).toMatchObject({
      ok: false,
      reason: [{ path: 'DATABASE_URL' }],
    });
  });
});
