import { z } from 'zod';
import type { Result } from '../lib/result.ts';
import { readMailSender, readMailServer } from './mail-settings.ts';
import { type WebAddressRules, webAddressFault } from './web-address.ts';

/** What a process may be: gateway and core together, the edge alone, or issuance alone. */
export const ROLES = ['all', 'gateway', 'core'] as const;
/** One role of a process. */
export type ProcessRole = (typeof ROLES)[number];

/** The levels of the log, from the loudest to none. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
/** One level of the log. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const SECRET_BYTES_MIN = 32;
const TOKEN_LENGTH_MIN = 16;
const PORT_MAX = 65_535;

// Messages say what was expected and never what was found: a value in the wrong variable may be a secret.
function ruled(fault: (text: string) => string | undefined) {
  return z.string().check((context) => {
    const expected = fault(context.value);
    if (expected === undefined) return;
    context.issues.push({ code: 'custom', input: '', message: `expected ${expected}` });
  });
}

function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: `expected one of ${names.join(', ')}` });
}

function address(rules: WebAddressRules) {
  return ruled((text) => webAddressFault(text, rules));
}

function serviceAddress(schemes: readonly string[]) {
  return ruled((text) =>
    schemes.includes(URL.parse(text)?.protocol ?? '')
      ? undefined
      : `an address that begins with ${schemes.join('// or ')}//`,
  );
}

function redisAddressFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol))
    return 'an address that begins with redis:// or rediss://';
  const isWhole = url.hostname !== '' && !/%(?![0-9a-f]{2})/i.test(url.username + url.password);
  return isWhole && /^(?:\/\d{0,4})?$/.test(url.pathname)
    ? undefined
    : 'a host, and behind it at most a port and the number of a database: rediss://user:password@host:6379/0';
}

function readable(read: (text: string) => Result<unknown, string>) {
  return ruled((text) => {
    const outcome = read(text);
    return outcome.ok ? undefined : outcome.reason;
  });
}

function token(bytesMin: number) {
  return ruled((text) =>
    /^[\x21-\x7e]+$/.test(text) && text.length >= bytesMin
      ? undefined
      : `at least ${bytesMin} visible characters without spaces`,
  );
}

function secretFault(text: string): string | undefined {
  const encoder = new TextEncoder();
  return splitList(text).every((secret) => encoder.encode(secret).length >= SECRET_BYTES_MIN)
    ? undefined
    : `at least ${SECRET_BYTES_MIN} bytes, or several such secrets separated by commas`;
}

/** Takes a comma-separated list apart. */
export function splitList(text: string): readonly string[] {
  return text.split(',').map((secret) => secret.trim());
}

function coreAddressesFault(text: string): string | undefined {
  const rules = { plainOnLoopbackOnly: false, path: 'none', query: 'none' } as const;
  const faults = splitList(text).map((address) => webAddressFault(address, rules));
  const fault = faults.find((found) => found !== undefined);
  return fault === undefined || faults.length === 1 ? fault : `of each address separated by commas ${fault}`;
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX;
}

/**
 * The environment variables that are read, each with its rule; all are optional here, and what a role or production demands is checked
 * beside. Those without a description are taken but not yet of any effect, and stand in no reference.
 */
export const environmentVariables = {
  NODE_ENV: choice(['development', 'production', 'test']).describe(
    'In `production` nothing is made up: a missing secret or database refuses to start. Default: `development`.',
  ),
  HOST: ruled((text) => (/^[\w.:-]+$/.test(text) ? undefined : 'a host name or an address')).describe(
    'The address to listen at. Default: `127.0.0.1`, in production `0.0.0.0`.',
  ),
  PORT: ruled((text) => (isPort(text) ? undefined : `a port from 0 to ${PORT_MAX}`)).describe(
    'The port to listen at. Default: `8080`.',
  ),
  WARDGATE_ROLE: choice(ROLES).describe(
    '`all`: gateway and core in one process; `gateway`: the edge alone; `core`: issuance alone. Default: `all`.',
  ),
  WARDGATE_CONFIG: z.string().describe('The policy file. Default: `gateway-config/gateway.yaml`.'),
  WARDGATE_PUBLIC_URL: address({ plainOnLoopbackOnly: true, path: 'plain', query: 'none' }).describe(
    'The public address: the issuer of tokens and the base of every link, never taken from a request; https, or http on this machine. It may have a path, `https://clinic.example/auth`, where a reverse proxy takes that path away before it asks; one slash at the end is dropped. Required in production. Default: `http://localhost:PORT`.',
  ),
  WARDGATE_SECRET: ruled(secretFault).describe(
    'Seals what is stored; at least 32 bytes. Several, comma-separated, to change it: the first seals, all unseal. Required in production (roles `all` and `core`). Default: made at the first start and kept in `.wardgate/secret`.',
  ),
  DATABASE_URL: serviceAddress(['postgres:', 'postgresql:']).describe(
    'Postgres. Required in production (roles `all` and `core`). Default: an embedded server with its data in `.wardgate/`.',
  ),
  REDIS_URL: ruled(redisAddressFault).describe(
    'Redis, where the processes of the roles `all` and `core` count limits together; with a password, and a database by its number, if need be. While it is away, and without it, each process counts for itself.',
  ),
  WARDGATE_CORE_URL: ruled(coreAddressesFault).describe(
    'Where the core is; https, or http inside a network that you trust. Several cores on one database, comma-separated: the next one is asked where one does not answer. Required for the role `gateway`.',
  ),
  WARDGATE_CLIENT_ID: ruled((text) =>
    /^[\x21-\x39\x3b-\x7e]{1,128}$/.test(text) ? undefined : 'visible characters without spaces and colons',
  ).describe(
    'Who the gateway is to the core. Required for the role `gateway`; for `all` and `core` the one client that may ask below `/internal`.',
  ),
  WARDGATE_CLIENT_SECRET: token(TOKEN_LENGTH_MIN).describe(
    `That client's secret; at least ${TOKEN_LENGTH_MIN} characters. Goes with \`WARDGATE_CLIENT_ID\`.`,
  ),
  SMTP_URL: readable(readMailServer).describe(
    'The server that takes our mails: `smtps://user:password@mail.example` (TLS, port 465) or `smtp://user:password@mail.example` (STARTTLS or nothing is sent, port 587). In the clear only to this machine itself, and where `?tls=none` says that the network is trusted, then without a password. Goes with `WARDGATE_MAIL_FROM`. Default: mails are to be seen at `/_gateway/outbox` on this machine; in production they are dropped.',
  ),
  WARDGATE_MAIL_FROM: readable(readMailSender).describe(
    'Whom mails are from: `no-reply@clinic.example` or `Clinic <no-reply@clinic.example>`. Required with `SMTP_URL`.',
  ),
  METRICS_TOKEN: token(TOKEN_LENGTH_MIN).describe(
    `What \`/metrics\` wants to see as a bearer token; at least ${TOKEN_LENGTH_MIN} characters. Without it there is no \`/metrics\`.`,
  ),
  LOG_LEVEL: choice(LOG_LEVELS).describe(
    `One of ${LOG_LEVELS.map((level) => `\`${level}\``).join(', ')}. Default: \`info\`.`,
  ),
  UPSTASH_REDIS_REST_URL: address({ plainOnLoopbackOnly: true, path: 'allowed', query: 'none' }),
  UPSTASH_REDIS_REST_TOKEN: token(1),
} as const;
