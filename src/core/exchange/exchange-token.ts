import { ACCESS_TOKEN_TYPE, type UserAccessTokenClaims } from '../../identity/access-token-claims.ts';
import { actorsOf } from '../../identity/actor.ts';
import { createId, isId } from '../../identity/ids.ts';
import type { Clock } from '../../lib/durations.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { Client, ClientStore } from '../clients/client-store.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { IdleLimits } from '../sessions/session-limits.ts';
import type { IssuedAccessToken } from '../tokens/access-token.ts';
import { createIssueTime } from '../tokens/issue-time.ts';
import { createVerifyOwnJwt } from '../tokens/verify-own-jwt.ts';
import { type NarrowingRefusal, narrowClaims, type WantedToken } from './narrow-claims.ts';
import { readSubject, type Subject, type SubjectFault } from './read-subject.ts';
import type { StandingSession, SubjectStanding } from './subject-standing.ts';

/** Why a token was not exchanged, for the log; whoever asked is told less. */
export type ExchangeRefusal =
  | NarrowingRefusal
  | SubjectFault
  /** The client may exchange nothing. */
  | 'exchange_not_allowed'
  | 'subject_ended';

/** A token that is presented, and what the client says of it. */
export interface PresentedToken {
  readonly token: string;
  /** `jwt`: an access token or an identity assertion. */
  readonly as: 'access_token' | 'jwt';
}

/**
 * Exchanges the token of a user for one with which a client calls one service for that user. The client was authenticated just now. Throws UnavailableError ('database').
 */
export type ExchangeToken = (
  client: Client,
  presented: PresentedToken,
  wanted: WantedToken,
  request: AuditRequest,
) => Promise<Result<IssuedAccessToken, ExchangeRefusal>>;

/** What the exchange of tokens works with. */
export interface ExchangeOptions {
  readonly subjectStanding: SubjectStanding;
  readonly clientStore: Pick<ClientStore, 'noteUse'>;
  readonly keys: Pick<SigningKeys, 'sign' | 'publicKeySet'>;
  /** The issuer. */
  readonly publicUrl: string;
  /** What all services are called together. */
  readonly audience: string;
  readonly limits: IdleLimits;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** The time of what is issued: see `createIssueTime`. */
  readonly issueClock: Clock;
}

/**
 * Creates the exchange of tokens; each, and each refusal, goes to the audit log. The subject is an access token of our own for a user, or an identity assertion of ours; its session, its user and the clients that it
 * came through must stand at this moment. The new token belongs to the same session and dies with it. Does NOT count as use of the session. @see RFC 8693
 */
export function createExchangeToken(options: ExchangeOptions): ExchangeToken {
  const { clientStore, keys, audit } = options;
  const judge = createJudge(options);

  return async (client, presented, wanted, request) => {
    const { subject, claims: judged } = await judge(client, presented, wanted);
    const record = (outcome: Pick<AuditEvent, 'outcome' | 'reason' | 'details'>) =>
      audit.record({
        type: 'token.exchanged',
        actor: { kind: 'client', id: client.id },
        ...(subject && { target: { kind: 'user', id: subject.sub }, sessionId: subject.sid }),
        request,
        ...outcome,
      });
    if (!judged.ok) {
      record({ outcome: 'refused', reason: judged.reason });
      return judged;
    }
    const { value: claims } = judged;
    const token = await keys.sign({ ...claims, jti: createId('token') }, ACCESS_TOKEN_TYPE);
    await clientStore.noteUse(client.id);
    const scopes = claims.scope.split(' ').filter((scope) => scope !== '');
    const through = actorsOf(subject?.act);
    const details = { audience: claims.aud, scopes, ...(through.length > 0 && { through }) };
    record({ outcome: 'success', details });
    return ok({ token, expiresInSeconds: claims.exp - Math.floor(options.clock() / 1000), scopes });
  };
}

/** What came of a subject token: whose it is, as far as that is certain, and what may become of it. */
interface Judgement {
  readonly subject?: Subject;
  readonly claims: Result<Omit<UserAccessTokenClaims, 'jti'>, ExchangeRefusal>;
}

function createJudge(options: ExchangeOptions) {
  const { keys, publicUrl: issuer, audience, clock, subjectStanding, limits } = options;
  const issueTime = createIssueTime(options);
  const verify = createVerifyOwnJwt({ keySet: keys.publicKeySet, issuer, clock });
  const unread = (reason: ExchangeRefusal): Judgement => ({ claims: refused(reason) });

  return async (client: Client, { token, as }: PresentedToken, wanted: WantedToken): Promise<Judgement> => {
    if (client.audiences.length === 0) return unread('exchange_not_allowed');
    const verified = await verify(token);
    if (!verified.ok) return unread(verified.reason === 'expired' ? 'subject_expired' : 'subject_malformed');
    const isToken = verified.value.type === ACCESS_TOKEN_TYPE;
    if (as === 'access_token' && !isToken) return unread('subject_malformed');
    const read = readSubject(verified.value, audience);
    if (!read.ok) return unread(read.reason);
    const subject = isToken ? read.value : datedAsTokens(read.value, options);
    const { iat: issuedAt, known_revocations: known } = issueTime(client);
    // Not before the subject, which a core may have issued whose clock is ahead.
    const iat = Math.max(issuedAt, subject.iat);
    const now = Math.max(clock() / 1000, subject.iat);
    const narrowed = narrowClaims(subject, client, wanted, { everywhere: audience, now });
    if (!narrowed.ok) return { subject, claims: narrowed };
    const standing = await subjectStanding.findStanding(factsOf(subject), limits);
    if (standing === undefined) return { subject, claims: refused('subject_ended') };
    // What the subject says of them it goes on to say.
    const after = known && { known_revocations: { ...subject.known_revocations, ...known } };
    return { subject, claims: ok({ ...logInOf(standing), ...narrowed.value, iat, ...after }) };
  };
}

/** An assertion tells the time by the clock of a core, as services judge it; what is taken away is told by the log's. */
function datedAsTokens(subject: Subject, { clock, issueClock }: ExchangeOptions): Subject {
  const aheadSeconds = Math.ceil((clock() - issueClock()) / 1000);
  return { ...subject, iat: subject.iat - aheadSeconds };
}

/** How the user logged in, as a token of the session would say. */
function logInOf({ createdAt, acr, amr }: StandingSession) {
  return { auth_time: Math.floor(createdAt.getTime() / 1000), acr, amr };
}

function factsOf({ sub, sid, jti, iat, known_revocations: known, client_id: clientId, act }: Subject) {
  const clientIds = [...new Set([clientId, ...actorsOf(act)])].filter((id) => isId('client', id));
  return { userId: sub, sessionId: sid, tokenId: jti, issuedAt: new Date(iat * 1000), known, clientIds };
}
