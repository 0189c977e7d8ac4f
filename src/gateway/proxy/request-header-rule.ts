import { foldedFieldName, isIdentityHeaderName } from '../identity-headers/identity-header-names.ts';

/** What happens to one header field of a request on its way to an upstream. Kinds other than `pass` and `drop` are read first. */
export type RequestHeaderRule =
  | 'pass'
  | 'drop'
  | 'host'
  | 'connection'
  | 'upgrade'
  | 'te'
  | 'transfer_encoding'
  | 'authorization'
  | 'cookie'
  | 'forwarded_for'
  | 'forwarded_proto'
  | 'forwarded_host';

const READ: readonly (readonly [name: string, rule: RequestHeaderRule])[] = [
  ['host', 'host'],
  ['connection', 'connection'],
  ['upgrade', 'upgrade'],
  ['te', 'te'],
  ['transfer-encoding', 'transfer_encoding'],
  ['authorization', 'authorization'],
  ['cookie', 'cookie'],
  ['x-forwarded-for', 'forwarded_for'],
  ['x-forwarded-proto', 'forwarded_proto'],
  ['x-forwarded-host', 'forwarded_host'],
];

const DROPPED = [
  // Of one connection, not of the message (RFC 9110, section 7.6.1; RFC 7540, section 3.2.1).
  ...['keep-alive', 'trailer', 'http2-settings'],
  // Answered or made void here: the 100 is ours to send (RFC 9110, section 10.1.1), and nothing is forwarded early (RFC 8470).
  ...['expect', 'early-data'],
  // Claims about the client that only we may make.
  ...[
    'forwarded',
    'x-forwarded',
    'forwarded-for',
    'client-ip',
    'x-real-ip',
    'x-client-ip',
    'x-cluster-client-ip',
  ],
  ...['true-client-ip', 'cf-connecting-ip', 'fastly-client-ip', 'do-connecting-ip', 'x-appengine-user-ip'],
  ...['x-azure-clientip', 'x-azure-socketip', 'x-envoy-external-address', 'x-proxyuser-ip', 'x-remote-ip'],
  ...['x-remote-addr', 'x-host', 'x-scheme', 'x-url-scheme', 'front-end-https'],
  // A second reading of the request line (CVE-2026-40575, oauth2-proxy).
  ...['x-rewrite-url', 'x-http-method-override', 'x-method-override', 'x-http-method'],
  // Ours to set, and a credential that was meant for us.
  ...['x-request-id', 'x-api-key'],
];

const DROPPED_PREFIXES = ['x-forwarded-', 'x-original-', 'proxy-'];

const RULES: ReadonlyMap<string, RequestHeaderRule> = new Map([
  ...READ,
  ...DROPPED.map((name) => [name, 'drop'] as const),
]);

/** Names whose other spellings an upstream could take for the real thing, although the fields themselves pass. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'content-type']);

// Names come from clients, so what is remembered has a bound.
const REMEMBERED_MAX = 1024;
const REMEMBERED_LENGTH_MAX = 64;

/**
 * Chooses what happens to a header field by its name. A name that folds to one with a rule of its own is dropped, so that no
 * server behind us can read two names as one. Remembers names as they are spelled, because each request asks for each of its names.
 */
export function createRequestHeaderRules(): (name: string) => RequestHeaderRule {
  const remembered = new Map<string, RequestHeaderRule>();
  return (name) => {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const rule = ruleOf(name.toLowerCase());
    if (remembered.size < REMEMBERED_MAX && name.length <= REMEMBERED_LENGTH_MAX) remembered.set(name, rule);
    return rule;
  };
}

function ruleOf(lowerCaseName: string): RequestHeaderRule {
  const folded = foldedFieldName(lowerCaseName);
  const rule = RULES.get(folded) ?? (isDropped(folded) ? 'drop' : 'pass');
  if (folded === lowerCaseName) return rule;
  return rule === 'pass' && !FRAMING.has(folded) ? 'pass' : 'drop';
}

function isDropped(folded: string): boolean {
  return isIdentityHeaderName(folded) || DROPPED_PREFIXES.some((prefix) => folded.startsWith(prefix));
}
