import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../identity/access-token-claims.ts';
import { ACTORS_MAX, type Actor, actorsOf } from '../../identity/actor.ts';
import { isId } from '../../identity/ids.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { Client } from '../clients/client-store.ts';
import type { Subject } from './read-subject.ts';

/** What a client asks for in exchange for a token. */
export interface WantedToken {
  readonly audience: string;
  /** `undefined`: all that it can get. */
  readonly scopes: readonly string[] | undefined;
}

/** Why a token is not exchanged as it is asked for. */
export type NarrowingRefusal =
  | 'subject_of_another_audience'
  | 'audience_not_allowed'
  | 'scope_not_allowed'
  | 'too_many_actors'
  | 'subject_expired';

/** The claims of an exchanged token, but for its name and, where the subject does not tell it, how the user logged in. */
export type NarrowClaims = Omit<Subject, 'jti'>;

type ExchangingClient = Pick<Client, 'id' | 'audience' | 'audiences' | 'scopes'>;

/**
 * Narrows the claims of a user's token to what a client may have of them for one service: never another user, another session, another role, a scope that the token or the
 * client has not, or a second more. A token for one service alone is exchanged by that service and by nobody else, so that whoever got hold of one gets no further with it. Does NOT
 * look whether the token is authentic or stands. `everywhere` is what all services are called together; no token for it comes of this.
 * @see RFC 8693, sections 2.1, 2.2.1 and 4.1
 */
export function narrowClaims(
  subject: NarrowClaims,
  client: ExchangingClient,
  wanted: WantedToken,
  { everywhere, now }: { readonly everywhere: string; readonly now: number },
): Result<NarrowClaims, NarrowingRefusal> {
  if (subject.aud !== everywhere && subject.aud !== client.audience)
    return refused('subject_of_another_audience');
  if (wanted.audience === everywhere || !client.audiences.includes(wanted.audience))
    return refused('audience_not_allowed');
  const grantable = subject.scope.split(' ').filter((scope) => client.scopes.includes(scope));
  const scopes = [...new Set(wanted.scopes ?? grantable)].sort();
  if (!scopes.every((scope) => grantable.includes(scope))) return refused('scope_not_allowed');
  const before = subject.act ?? userClientOf(subject, client);
  const act: Actor = { sub: client.id, ...(before && { act: before }) };
  if (actorsOf(act).length > ACTORS_MAX) return refused('too_many_actors');
  const iat = Math.floor(now);
  const exp = Math.min(subject.exp, iat + ACCESS_TOKEN_LIFETIME_SECONDS);
  if (exp <= iat) return refused('subject_expired');
  return ok({
    ...subject,
    aud: wanted.audience,
    client_id: client.id,
    act,
    scope: scopes.join(' '),
    iat,
    exp,
  });
}

/** The client that the user logged in through, where it is another: it is named among those who acted, so that the new token ends with it too. */
function userClientOf({ client_id: sub }: NarrowClaims, { id }: ExchangingClient): Actor | undefined {
  return isId('client', sub) && sub !== id ? { sub } : undefined;
}
