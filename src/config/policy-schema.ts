import { z } from 'zod';
import { CREDENTIAL_KINDS } from '../gateway/credentials/credential.ts';
import { SIGNATURE_ALGORITHMS } from '../gateway/policy/policy.ts';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../lib/durations.ts';
import { coreSettingsShape } from './core-settings-schema.ts';
import {
  audienceText,
  cidrText,
  claimPathText,
  durationText,
  issuerUrlText,
  keySetUrlText,
  methodText,
  nameText,
  originText,
  patternText,
  roleText,
  scopeText,
  someText,
  tokenTypeText,
  upstreamUrlText,
} from './policy-texts.ts';

const roleMappingSchema = z.strictObject({
  claim: z
    .union([claimPathText, z.array(someText).min(1)], {
      error: 'expected a claim such as realm_access.roles, or a list of member names',
    })
    .default('roles')
    .describe(
      'Where the roles are: a claim, with dots for members inside it, or a list of member names where a name itself has dots.',
    ),
  map: z
    .record(z.string(), roleText)
    .optional()
    .describe(
      "The issuer's role names and what they are called here. It is also the allow-list: roles that it does not name are dropped. Without it every valid role name passes as it is.",
    ),
});

const issuerSchema = z.strictObject({
  id: nameText.describe('Its name here; `wardgate` is our own core.'),
  issuer: issuerUrlText
    .optional()
    .describe(
      'The exact `iss` of its tokens: https, or http on this machine. Required, except for `wardgate`, whose issuer is `WARDGATE_PUBLIC_URL`.',
    ),
  audience: audienceText.describe('The `aud` that its tokens must name.'),
  algorithms: z
    .array(z.enum(SIGNATURE_ALGORITHMS))
    .min(1)
    .optional()
    .describe(
      'The signature algorithms that are accepted of it. Default: `[RS256]`; for `wardgate` all that it can sign with, `[RS256, ES256, EdDSA]`.',
    ),
  types: z
    .array(tokenTypeText)
    .min(1)
    .optional()
    .describe(
      'The accepted `typ` headers, `missing` for tokens without one. Default: `[JWT, at+jwt, missing]`. Not for `wardgate`, whose tokens are always `at+jwt`.',
    ),
  roles: roleMappingSchema
    .optional()
    .describe('How its roles are read. Not for `wardgate`. Default: the claim `roles`, as it is.'),
  jwks_uri: keySetUrlText
    .optional()
    .describe(
      'Where its key set is: https, or http on this machine. Without it the address is discovered below `issuer`. Not for `wardgate`.',
    ),
});

const revocationSchema = z.strictObject({
  grace: durationText(HOUR_SECONDS, 0)
    .default('60s')
    .describe(
      'How long tokens of our core serve by their signature alone when no revocations are heard for ten seconds and the core, asked about each request, does not answer either; then they are answered 503. Routes that are `live` have no grace.',
    ),
});

const upstreamSchema = z.strictObject({
  url: upstreamUrlText.describe(
    'Where the service is: http or https, perhaps with a path that is put before the path of each request.',
  ),
  audience: audienceText
    .optional()
    .describe(
      "What the service is called in tokens that are meant for it alone (RFC 8693): they are good here and at no other upstream. Default: the upstream's name.",
    ),
  connect_timeout: durationText(5 * MINUTE_SECONDS)
    .default('5s')
    .describe('How long connecting may take; then the client gets 504.'),
  timeout: durationText(HOUR_SECONDS)
    .default('30s')
    .describe('How long the service may take to begin its answer; then the client gets 504.'),
  idle_timeout: durationText(DAY_SECONDS)
    .default('60s')
    .describe(
      'How long a body or stream may be silent before it is ended. Streams and WebSockets that are quiet by nature need more.',
    ),
});

/** One rule of a route. */
const ruleSchema = z.strictObject({
  roles: z.array(roleText).min(1).optional().describe('The caller must have at least one of these roles.'),
  scopes: z.array(scopeText).min(1).optional().describe('The token must carry all of these scopes.'),
  where: z
    .record(
      z.string(),
      z.string({ error: 'expected claims.NAME, path.NAME or a fixed text (numbers and the like in quotes)' }),
    )
    .refine((pairs) => Object.keys(pairs).length > 0, { error: 'expected at least one pair' })
    .optional()
    .describe(
      'Pairs that must be equal. On the left `path.NAME` (a parameter of the path) or `claims.NAME` (a claim of the token, dots for members); on the right the same, or a fixed text: whatever does not begin with `path.` or `claims.`. A missing value equals nothing.',
    ),
});

/** One route. */
const routeSchema = z.strictObject({
  id: nameText.describe('Its name in logs and metrics; unique.'),
  path: patternText.describe(
    'Which paths: fixed segments, `:name` for any one segment, `/**` at the end for anything below. The most specific pattern wins; two that could both win are an error.',
  ),
  methods: z
    .array(methodText)
    .min(1)
    .optional()
    .describe('Which methods. Default: all. A known path with another method is answered 405.'),
  upstream: z.string().describe('The name of the upstream that serves it.').meta({ title: 'name' }),
  allow: z
    .array(ruleSchema)
    .optional()
    .describe(
      'Who may: any one rule suffices, inside a rule everything must hold. An empty rule `{}` admits every verified caller; no rule admits nobody.',
    ),
  access: z
    .enum(['public'])
    .optional()
    .describe(
      '`public` admits everyone, also without a credential; a bad credential is still refused. Not together with `allow`.',
    ),
  live: z
    .boolean()
    .default(false)
    .describe(
      'Ask the core on each request whether the session still stands, so that an ended one is refused at once. Callers of other issuers have no session of ours to ask about.',
    ),
  forward_credential: z
    .boolean()
    .default(false)
    .describe(
      "Hand the client's `Authorization` on to the service, after it was judged: needs `bearer` among the credentials. Otherwise it never gets there.",
    ),
  assertion: z
    .boolean()
    .default(false)
    .describe(
      'Send the service `X-Identity-Assertion` too: who is calling, signed by Wardgate for this upstream (its `audience`) and good for a minute, so that the service need not trust its network. The core signs it: what cannot be signed, as while the core is away, is answered 503.',
    ),
  outlive_token: z
    .boolean()
    .default(false)
    .describe(
      'Let a WebSocket or a stream of events go on when its token, session or key expires; it then ends only when that is revoked. Otherwise it ends with the expiry, and the client opens it anew with a fresh token.',
    ),
});

/** The policy file, as it is written. Does NOT say what one part demands of another; `policy-references.ts` does. */
export const policyFileSchema = z.strictObject({
  version: z.literal(1).describe('The version of this format.'),
  trusted_proxies: z
    .array(cidrText)
    .default([])
    .describe(
      'Peers that may ask for decisions (forward-auth) and whose `X-Forwarded-*` is believed. Default: nobody. Never everyone.',
    ),
  credentials: z
    .array(z.enum(CREDENTIAL_KINDS))
    .min(1)
    .default(['bearer', 'session_cookie'])
    .describe(
      'What callers may show: `bearer` (an access token in `Authorization`), `session_cookie` (a browser session of the core), `access_token_cookie` (an access token in a cookie), `api_key` (a key that the core issued, in `X-API-Key`). What is not listed is not looked at.',
    ),
  trusted_origins: z
    .array(originText)
    .default([])
    .describe(
      'Origins, besides the public address itself, whose pages may use cookies with methods that change something.',
    ),
  issuers: z.array(issuerSchema).min(1).describe('Whose access tokens are accepted.'),
  role_scopes: z
    .record(z.string(), z.array(scopeText))
    .default({})
    .describe('The scopes that a role brings: the core writes them into the access tokens that it issues.'),
  ...coreSettingsShape,
  revocation: revocationSchema.prefault({}).describe('How the gateway learns that access was taken away.'),
  upstreams: z
    .record(z.string(), upstreamSchema)
    .default({})
    .describe('The services behind the gateway, by name.'),
  routes: z
    .array(routeSchema)
    .describe('Which requests there are, and who may make them. What no route names is answered 404.'),
});

/** A policy file with its defaults filled in, every part well-formed by itself. */
export type PolicyFile = z.output<typeof policyFileSchema>;
/** One issuer of a policy file. */
export type IssuerEntry = PolicyFile['issuers'][number];
/** One route of a policy file. */
export type RouteEntry = PolicyFile['routes'][number];
/** One rule of a policy file's route. */
export type RuleEntry = z.output<typeof ruleSchema>;
