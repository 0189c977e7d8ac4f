import type { JWK } from 'jose';
import type { FetchedKeySet, KeySetSource } from '../../gateway/key-sets/key-set.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { addressBelow, metadataPath } from '../../oauth/issuer-address.ts';
import { isJsonObject } from '../../oauth/json-object.ts';
import { isHttpsOrLoopback } from '../../oauth/secure-url.ts';
import {
  type FetchedJson,
  type FetchJsonOptions,
  fetchJsonObject,
  IssuerStatusError,
} from './bounded-json.ts';
import { maxAgeSeconds } from './cache-lifetime.ts';

const TIMEOUT_MS = 5000;

/** What both sources need: how to fetch, and for how long at most (default 5 s for each request). */
export interface KeySetSourceOptions {
  readonly fetch: typeof fetch;
  readonly timeoutMs?: number;
}

/** Makes the source of a key set at a known address. Does NOT cache and does NOT follow redirects. @see RFC 7517, section 5 */
export function createJwksUriSource(options: KeySetSourceOptions & { readonly uri: string }): KeySetSource {
  const fetching = withTimeout(options);
  return () => fetchKeySet(options.uri, fetching);
}

/**
 * Makes the source of a key set that an issuer's metadata names: OpenID Connect's document below the issuer, or where there is none, RFC 8414's. The
 * document is read anew each time, so that a moved key set is found. Its `issuer` must be the configured one exactly, and the key set's address
 * https, or http on loopback. @see OpenID Connect Discovery 1.0, section 4; RFC 8414, section 3
 */
export function createDiscoverySource(
  options: KeySetSourceOptions & { readonly issuer: string },
): KeySetSource {
  const fetching = withTimeout(options);
  return async () => {
    const { document } = await fetchMetadata(options.issuer, fetching);
    // Else the metadata of one issuer would vouch for the keys of another (RFC 8414, section 3.3).
    if (document.issuer !== options.issuer)
      throw new UnavailableError('key_set', 'the metadata is of another issuer');
    const { jwks_uri: uri } = document;
    if (typeof uri !== 'string' || !isHttpsOrLoopback(uri))
      throw new UnavailableError('key_set', 'the metadata names no address of keys that may be used');
    return fetchKeySet(uri, fetching);
  };
}

function withTimeout({ fetch, timeoutMs = TIMEOUT_MS }: KeySetSourceOptions): FetchJsonOptions {
  return { fetch, timeoutMs };
}

/** Gets the metadata at the first of the two well-known places that has it. */
async function fetchMetadata(issuer: string, options: FetchJsonOptions): Promise<FetchedJson> {
  try {
    return await fetchJsonObject(addressBelow(issuer, '/.well-known/openid-configuration'), options);
  } catch (error) {
    // Only where the issuer says that there is nothing; an issuer that is down is not asked twice.
    if (!(error instanceof IssuerStatusError && error.status >= 400 && error.status < 500)) throw error;
    return await fetchJsonObject(new URL(metadataPath(issuer), issuer).href, options);
  }
}

async function fetchKeySet(uri: string, options: FetchJsonOptions): Promise<FetchedKeySet> {
  const { document, headers } = await fetchJsonObject(uri, options);
  if (!Array.isArray(document.keys))
    throw new UnavailableError('key_set', 'the issuer answered with no key set');
  // What an entry is worth is judged where keys are imported; here it must only be an object.
  const keys = document.keys.filter(isJsonObject) as readonly JWK[];
  return { keys, maxAgeSeconds: maxAgeSeconds(headers) };
}
