import { describe, expect, it } from 'vitest';
import { type ConfigPath, formatConfigPath } from '../../../src/config/config-problem.ts';
import { createPolicyJsonSchema, type JsonSchema } from '../../../src/config/policy-json-schema.ts';
import { problemsOf } from './policy-text.ts';

/** A right policy that says something of every key. */
const FULL = {
  version: 1,
  trusted_proxies: ['127.0.0.1/32'],
  credentials: ['bearer'],
  trusted_origins: ['https://app.example'],
  issuers: [
    {
      id: 'keycloak',
      issuer: 'https://id.example/realms/clinic',
      audience: 'clinic',
      algorithms: ['RS256'],
      types: ['JWT'],
      roles: { claim: 'realm_access.roles', map: { physician: 'doctor' } },
      jwks_uri: 'https://id.example/keys',
    },
    { id: 'wardgate', audience: 'clinic' },
  ],
  role_scopes: { doctor: ['alerts:read'] },
  accounts: { registration: 'open', default_roles: ['patient'] },
  sessions: {
    bearer_lifetime: '30d',
    bearer_idle: '14d',
    cookie_lifetime: '7d',
    cookie_idle: '12h',
    retention: '90d',
  },
  signing: { algorithm: 'ES256', rotate_after: '90d' },
  revocation: { grace: '60s' },
  upstreams: {
    patients: {
      url: 'http://127.0.0.1:9001',
      audience: 'patients',
      connect_timeout: '5s',
      timeout: '30s',
      idle_timeout: '60s',
    },
  },
  routes: [
    {
      id: 'record',
      path: '/patients/:patientId/**',
      methods: ['GET'],
      upstream: 'patients',
      live: false,
      forward_credential: false,
      assertion: false,
      outlive_token: false,
      allow: [
        { roles: ['doctor'], scopes: ['alerts:read'], where: { 'path.patientId': 'claims.patient_id' } },
      ],
    },
    { id: 'info', path: '/public/**', upstream: 'patients', access: 'public' },
  ],
};

interface Place {
  readonly path: ConfigPath;
  readonly schema: JsonSchema;
}

/** Every place that the schema gives a meaning to, at one entry of each list and map. */
function placesOf(schema: JsonSchema, path: ConfigPath = []): readonly Place[] {
  const value = valueAt(path);
  const entries: (readonly [string | number, JsonSchema])[] = Object.entries(schema.properties ?? {});
  if (schema.items !== undefined) entries.push([0, schema.items]);
  if (typeof schema.additionalProperties === 'object')
    entries.push([Object.keys(value as object)[0] ?? '', schema.additionalProperties]);
  return entries.flatMap(([step, inner]) => {
    // The one key that cannot stand beside others.
    const place = step === 'access' ? ['routes', 1, 'access'] : [...path, step];
    expect(valueAt(place), formatConfigPath(place)).toBeDefined();
    return [{ path: place, schema: inner }, ...placesOf(inner, place)];
  });
}

function valueAt(path: ConfigPath): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)?.[step], FULL);
}

/** What is said at a place where the full policy has another value. */
function complaintAt({ path }: Place, value: unknown): string | undefined {
  const changed = structuredClone(FULL);
  const last = path.at(-1) ?? '';
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], changed);
  (holder as Record<string | number, unknown>)[last] = value;
  const at = formatConfigPath(path);
  return problemsOf(JSON.stringify(changed)).find((problem) => problem.path === at)?.message;
}

const PLACES = placesOf(createPolicyJsonSchema());
const named = (places: readonly Place[]) =>
  places.map((place) => [formatConfigPath(place.path), place] as const);

describe('every key of the policy file', () => {
  it('is written right in the policy of these tests', () => {
    expect(problemsOf(JSON.stringify(FULL))).toEqual([]);
    expect(PLACES.length).toBeGreaterThan(60);
  });

  it.each(named(PLACES))('says what %s expects, where a number stands', (_name, place) => {
    expect(complaintAt(place, 7)).toMatch(
      /^expected (?!something else|string|undefined).+, found the number 7$/,
    );
  });

  const texts = PLACES.filter(({ path, schema }) => schema.type === 'string' && !path.includes('where'));
  it.each(named(texts))('says what %s expects, where nothing is written', (_name, place) => {
    expect(complaintAt(place, '')).toMatch(/^expected (?!something else).{4,}(?:, found ""|, got "")?$/);
  });
});
