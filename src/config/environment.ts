import { z } from 'zod';
import type { MailSender, MailServer } from '../core/mail/mail-server.ts';
import { ok, type Result, refused } from '../lib/result.ts';
import type { ConfigProblem } from './config-problem.ts';
import { environmentVariables, type LogLevel, type ProcessRole, splitList } from './environment-variables.ts';
import { readMailSender, readMailServer } from './mail-settings.ts';
import { didYouMean } from './suggest-name.ts';

/** Where the policy file is when nothing names another place. */
export const DEFAULT_POLICY_FILE = 'gateway-config/gateway.yaml';
const DEFAULT_PORT = 8080;
const OWN_PREFIX = 'WARDGATE_';

/** A client of the core, by name and secret. */
export interface ClientCredential {
  readonly id: string;
  readonly secret: string;
}

/** The environment of a process, typed, with its defaults. Holds secrets: never log it. */
export interface Environment {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly role: ProcessRole;
  readonly policyFile: string;
  /** `https://gateway.example`, or with the path that a reverse proxy takes away; without a slash at the end. */
  readonly publicUrl: string;
  /** The first seals, all unseal; `undefined` where one has to be made (never in production where it is needed). */
  readonly secrets: readonly string[] | undefined;
  /** `undefined` where an embedded Postgres has to be started (never in production where it is needed). */
  readonly databaseUrl: string | undefined;
  /** `undefined` where each process counts limits for itself. */
  readonly redisUrl: string | undefined;
  /** Origins; at least one for the role `gateway`. */
  readonly coreUrls: readonly string[];
  /** Always there for the role `gateway`; otherwise the one client that may ask below `/internal`. */
  readonly client: ClientCredential | undefined;
  /** Where mails go; `undefined` where no server takes them. */
  readonly mail: { readonly server: MailServer; readonly from: MailSender } | undefined;
  readonly metricsToken: string | undefined;
  readonly logLevel: LogLevel;
}

const variablesSchema = z.object(environmentVariables).partial();
type Variables = z.output<typeof variablesSchema>;
type VariableName = keyof typeof environmentVariables;

/**
 * Reads the environment strictly: every problem is reported at once, and a `WARDGATE_*` variable that nobody knows is one. An empty
 * variable counts as missing. Does NOT put any value into a problem, as every one of them may be a secret.
 */
export function parseEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Result<Environment, readonly ConfigProblem[]> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = variablesSchema.safeParse(given);
  const problems = [
    ...unknownVariables(given),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => problem(path.map(String).join('.'), message)),
    ...missingVariables(given),
  ];
  if (!parsed.success || problems.length > 0) return refused(problems);
  return ok(environmentOf(parsed.data));
}

/**
 * Reads the address of the database alone, for what needs nothing else; `undefined` where an embedded Postgres serves. Does NOT look at
 * the rest of the environment.
 */
export function parseDatabaseUrl(
  env: Readonly<Record<string, string | undefined>>,
): Result<string | undefined, readonly ConfigProblem[]> {
  return parseAlone(env, 'DATABASE_URL');
}

/** Reads the secrets alone; `undefined` where one has to be made. Does NOT look at the rest of the environment. */
export function parseSecrets(
  env: Readonly<Record<string, string | undefined>>,
): Result<readonly string[] | undefined, readonly ConfigProblem[]> {
  const text = parseAlone(env, 'WARDGATE_SECRET');
  if (!text.ok) return text;
  return ok(text.value === undefined ? undefined : splitList(text.value));
}

/**
 * Reads the public address alone, for commands that only compare it with the issuers of the policy file, so that none of them is our own under another
 * name; the default where there is none. Does NOT complain of a wrong one, which a start refuses, and counts it as none.
 */
export function readPublicUrl(env: Readonly<Record<string, string | undefined>>): string {
  const text = parseAlone(env, 'WARDGATE_PUBLIC_URL');
  return publicUrlOf(text.ok ? text.value : undefined) ?? `http://localhost:${DEFAULT_PORT}`;
}

function parseAlone(
  env: Readonly<Record<string, string | undefined>>,
  name: VariableName,
): Result<string | undefined, readonly ConfigProblem[]> {
  const parsed = parseEnvironment({ NODE_ENV: env.NODE_ENV, [name]: env[name] });
  const problems = parsed.ok ? [] : parsed.reason.filter(({ path }) => ['NODE_ENV', name].includes(path));
  return problems.length > 0 ? refused(problems) : ok(env[name] || undefined);
}

function unknownVariables(given: Readonly<Record<string, string | undefined>>): ConfigProblem[] {
  const known = Object.keys(environmentVariables);
  return Object.keys(given)
    .filter((name) => name.startsWith(OWN_PREFIX) && !known.includes(name))
    .map((name) => problem(name, `expected a variable that is known${didYouMean(name, known)}`));
}

/** What the role and production demand, judged by what was given, also where that is wrong by itself. */
function missingVariables(given: Readonly<Record<string, string | undefined>>): ConfigProblem[] {
  const issues = given.WARDGATE_ROLE === undefined || ['all', 'core'].includes(given.WARDGATE_ROLE);
  const production = given.NODE_ENV === 'production';
  const isClientNamed = given.WARDGATE_CLIENT_ID !== undefined || given.WARDGATE_CLIENT_SECRET !== undefined;
  const demanded: readonly [VariableName, boolean, string][] = [
    ['WARDGATE_PUBLIC_URL', production, 'the public address: production demands it'],
    ['WARDGATE_SECRET', production && issues, 'a secret of at least 32 bytes: production demands it'],
    ['DATABASE_URL', production && issues, 'the address of Postgres: production demands it'],
    ['WARDGATE_MAIL_FROM', given.SMTP_URL !== undefined, 'whom mails are from: SMTP_URL demands it'],
    [
      'WARDGATE_CORE_URL',
      given.WARDGATE_ROLE === 'gateway',
      'the address of the core: the role gateway demands it',
    ],
    ...(['WARDGATE_CLIENT_ID', 'WARDGATE_CLIENT_SECRET'] as const).map(
      (name): [VariableName, boolean, string] =>
        given.WARDGATE_ROLE === 'gateway'
          ? [name, true, 'the credential of a client of the core: the role gateway demands it']
          : [name, isClientNamed, 'both WARDGATE_CLIENT_ID and WARDGATE_CLIENT_SECRET, or neither'],
    ),
  ];
  return demanded
    .filter(([name, needed]) => needed && given[name] === undefined)
    .map(([name, , expected]) => problem(name, `expected ${expected}; found nothing`));
}

function environmentOf(variables: Variables): Environment {
  const production = variables.NODE_ENV === 'production';
  const port = variables.PORT === undefined ? DEFAULT_PORT : Number(variables.PORT);
  const { WARDGATE_CLIENT_ID: id, WARDGATE_CLIENT_SECRET: secret } = variables;
  return {
    production,
    host: variables.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port,
    role: variables.WARDGATE_ROLE ?? 'all',
    policyFile: variables.WARDGATE_CONFIG ?? DEFAULT_POLICY_FILE,
    publicUrl: publicUrlOf(variables.WARDGATE_PUBLIC_URL) ?? `http://localhost:${port}`,
    secrets: variables.WARDGATE_SECRET === undefined ? undefined : splitList(variables.WARDGATE_SECRET),
    databaseUrl: variables.DATABASE_URL,
    redisUrl: variables.REDIS_URL,
    coreUrls: originsOf(variables.WARDGATE_CORE_URL),
    client: id === undefined || secret === undefined ? undefined : { id, secret },
    mail: mailOf(variables),
    metricsToken: variables.METRICS_TOKEN,
    logLevel: variables.LOG_LEVEL ?? 'info',
  };
}

function mailOf({ SMTP_URL, WARDGATE_MAIL_FROM }: Variables): Environment['mail'] {
  if (SMTP_URL === undefined || WARDGATE_MAIL_FROM === undefined) return undefined;
  const [server, from] = [readMailServer(SMTP_URL), readMailSender(WARDGATE_MAIL_FROM)];
  return server.ok && from.ok ? { server: server.value, from: from.value } : undefined;
}

function publicUrlOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname.replace(/\/$/, '')}`;
}

function originsOf(addresses: string | undefined): readonly string[] {
  const origins = addresses === undefined ? [] : splitList(addresses).map((text) => new URL(text).origin);
  return [...new Set(origins)];
}

function problem(path: string, message: string): ConfigProblem {
  return { path, line: undefined, column: undefined, message };
}
