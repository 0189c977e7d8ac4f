import { ok, type Result, refused } from '../../lib/result.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import type { RejectReason } from '../decision.ts';

/** What of a token's header counts here. Not verified until the signature is. */
export interface JwsHeader {
  /** As written: compared with the issuer's allow-list exactly, so that `none` and `NONE` fail alike. */
  readonly algorithm: string;
  /** Lower-case and without `application/`; `undefined` where there is none. */
  readonly type: string | undefined;
  readonly keyId: string | undefined;
}

const KEY_ID_LENGTH_MAX = 256;

/**
 * Reads a token's header. Refused: every `crit`, since no extension is understood here, and `b64`; the marks of encryption and
 * compression; members of wrong types; a `kid` above 256 characters. Does NOT look at `jku`, `x5u`, `jwk` and `x5c`: keys come from the
 * issuer's key set alone. @see RFC 7515, section 4.1; RFC 7797, section 6; RFC 8725, sections 3.1 and 3.10
 */
export function readJwsHeader(header: JsonObject): Result<JwsHeader, RejectReason> {
  const { alg, typ, kid } = header;
  if (header.crit !== undefined || header.b64 !== undefined) return refused('critical_header_unknown');
  if (header.enc !== undefined || header.zip !== undefined) return refused('malformed');
  if (typeof alg !== 'string') return refused('algorithm_not_allowed');
  if (typ !== undefined && typeof typ !== 'string') return refused('malformed');
  if (kid !== undefined && !(typeof kid === 'string' && kid.length <= KEY_ID_LENGTH_MAX))
    return refused('malformed');
  return ok({ algorithm: alg, type: typ === undefined ? undefined : mediaType(typ), keyId: kid });
}

/** `application/` may be left out where no other slash follows. @see RFC 7515, section 4.1.9 */
function mediaType(typ: string): string {
  const type = typ.toLowerCase();
  const rest = type.startsWith('application/') ? type.slice('application/'.length) : type;
  return rest.includes('/') ? type : rest;
}
