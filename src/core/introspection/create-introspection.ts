import type { Clock } from '../../lib/durations.ts';
import type { OutcomeCounts } from '../../lib/outcome-counts.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { createRememberedClients } from '../clients/remembered-clients.ts';
import type { SubjectStanding } from '../exchange/subject-standing.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { Machines } from '../machines/create-machines.ts';
import type { RefreshKeys } from '../sessions/refresh-keys.ts';
import type { IdleLimits } from '../sessions/session-limits.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { createCountedIntrospect } from './counted-introspect.ts';
import { createFindRefreshToken } from './find-refresh-token.ts';
import { createIntrospect, type Introspect } from './introspect.ts';
import {
  type AuthenticateIntrospectionCaller,
  createAuthenticateIntrospectionCaller,
} from './introspection-caller.ts';
import { createStands } from './standing-tokens.ts';
import type { TokenAuthentication } from './token-authentication.ts';

/** What services may ask about tokens, and what answers are written with. */
export interface Introspection {
  /** What our own core is called in answers about what names no issuer itself. */
  readonly own: { readonly issuer: string; readonly audience: string };
  readonly sign: SigningKeys['sign'];
  readonly clock: Clock;
  readonly authenticateCaller: AuthenticateIntrospectionCaller;
  readonly introspect: Introspect;
}

/** Wires introspection. */
export function createIntrospection(options: {
  readonly tokens: TokenAuthentication;
  readonly keys: Pick<SigningKeys, 'sign'>;
  /** The issuer. */
  readonly publicUrl: string;
  readonly machines: Pick<Machines, 'authenticateClient' | 'clientStore'>;
  readonly sessions: SessionStore;
  readonly refreshKeys: Pick<RefreshKeys, 'readingKeys'>;
  readonly subjectStanding: SubjectStanding;
  readonly limits: IdleLimits;
  /** The configured audience of our own access tokens. */
  readonly audience: string;
  readonly audit: AuditLog;
  /** Where answers are counted. */
  readonly introspections: OutcomeCounts;
  readonly clock: Clock;
}): Introspection {
  const { machines, tokens, publicUrl: issuer, audience, keys, clock } = options;
  const { fingerprint } = tokens;
  const stands = createStands({ ...options, clientStore: machines.clientStore });
  const findRefreshToken = createFindRefreshToken(options);
  const introspect = createIntrospect({ ...options, stands, findRefreshToken });
  const authenticateClient = createRememberedClients({ ...machines, fingerprint, clock });
  return {
    own: { issuer, audience },
    sign: keys.sign,
    clock,
    authenticateCaller: createAuthenticateIntrospectionCaller({ ...options, authenticateClient, introspect }),
    introspect: createCountedIntrospect(introspect, options.introspections),
  };
}
