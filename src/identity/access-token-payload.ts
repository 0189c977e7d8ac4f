import { isTexts } from '../lib/texts.ts';
import { USER_CLAIMS } from './access-token-claims.ts';
import { isActor } from './actor.ts';
import { isId } from './ids.ts';

type Payload = Readonly<Record<string, unknown>>;

const COMMON_TEXTS = ['aud', 'client_id', 'jti', 'scope'];
const USER_TEXTS = [...COMMON_TEXTS, 'sid', 'username', 'acr'];
const OPTIONAL_USER_TEXTS = ['patient_id', 'doctor_id'];

/**
 * Tells whose access token a payload is that our own core signed: every claim of `AccessTokenClaims` must be there with its type, for what our core signs has them
 * all, and one without is no access token. The subject's prefix says whether a user or a client acts, and a client's token with a claim of users is refused.
 * A token for one service alone says which client acts for its user, and no other token does: `audience` is what all services are called together. Does NOT
 * look at `iss`, at times and at roles. @see RFC 9068, section 2.2; RFC 8693, section 4.1
 */
export function subjectKindOf(payload: Payload, audience: string): 'user' | 'client' | undefined {
  const { sub } = payload;
  if (typeof sub !== 'string') return undefined;
  if (isId('user', sub)) return hasUserClaims(payload, audience) ? 'user' : undefined;
  return isId('client', sub) && hasClientClaims(payload, audience) ? 'client' : undefined;
}

function hasUserClaims(payload: Payload, audience: string): boolean {
  const { amr, aud, act, client_id: clientId } = payload;
  return (
    areTexts(payload, USER_TEXTS) &&
    Number.isInteger(payload.auth_time) &&
    isTexts(amr) &&
    OPTIONAL_USER_TEXTS.every((name) => payload[name] === undefined || typeof payload[name] === 'string') &&
    (aud === audience ? act === undefined : isActor(act) && act.sub === clientId)
  );
}

function hasClientClaims(payload: Payload, audience: string): boolean {
  return (
    areTexts(payload, COMMON_TEXTS) &&
    payload.aud === audience &&
    payload.client_id === payload.sub &&
    USER_CLAIMS.every((name) => payload[name] === undefined)
  );
}

function areTexts(payload: Payload, names: readonly string[]): boolean {
  return names.every((name) => typeof payload[name] === 'string');
}
