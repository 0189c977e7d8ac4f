/** What can happen, as the audit log names it: `thing.act`. */
export const AUDIT_EVENT_TYPES = [
  'user.registered',
  'user.created',
  'user.updated',
  'user.disabled',
  'user.enabled',
  'user.deleted',
  'user.imported',
  'user.password_changed',
  'user.password_rehashed',
  'user.password_reset_requested',
  'user.password_reset',
  'user.email_verification_sent',
  'user.email_verified',
  'user.email_change_requested',
  'user.email_changed',
  'session.begun',
  'session.refreshed',
  'session.ended',
  'session.compromised',
  'client.created',
  'client.updated',
  'client.deleted',
  'client.secret_rotated',
  'client.authenticated',
  'client.token_issued',
  'client.token_revoked',
  'token.exchanged',
  'api_key.created',
  'api_key.revoked',
  'signing_key.generated',
  'signing_key.rotated',
  'signing_key.revoked',
  'signing_key.gone',
  'signing_key.imported',
  'signing_key.exported',
  'secrets.resealed',
  'audit.read',
  'access.refused',
] as const;

/** One of them. */
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/** Who did it. `anonymous`: somebody without a verified credential; `command_line`: whoever may run commands on the machine; `system`: Wardgate by itself. */
export type AuditActor =
  | { readonly kind: 'user' | 'client' | 'api_key'; readonly id: string }
  | { readonly kind: 'anonymous' | 'command_line' | 'system' };

/** On whom or what it was done. */
export interface AuditTarget {
  readonly kind: 'user' | 'session' | 'client' | 'api_key' | 'signing_key';
  readonly id: string;
}

/** The request in which it happened; none for commands and for what happens by itself. */
export interface AuditRequest {
  readonly requestId: string;
  readonly clientAddress: string | undefined;
}

/** One event of authentication or administration. Holds no secret, no password, no token, and no text that a stranger typed as a login. */
export interface AuditEvent {
  readonly type: AuditEventType;
  /** `refused`: it was asked for and not done. */
  readonly outcome: 'success' | 'refused';
  /** Why it was refused or done: a stable name (`password_wrong`), never a sentence. */
  readonly reason?: string;
  readonly actor: AuditActor;
  readonly target?: AuditTarget;
  readonly sessionId?: string;
  readonly request?: AuditRequest;
  /** What else matters: names of changed members, roles, counts. */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** Who did something, in which session and in which request. */
export type AuditOrigin = Pick<AuditEvent, 'actor' | 'sessionId' | 'request'>;

/** An event and when it happened, by the clock of the process in which it happened. */
export interface TimedAuditEvent {
  /** `evt_…`: tells an event that is sent again from another. */
  readonly id: string;
  readonly at: Date;
  readonly event: AuditEvent;
}

/**
 * Port: takes events for the audit log. `record` never throws and never waits: an event that cannot be stored now is kept and tried again, and
 * what can never be stored is written to the log in full. So a broken audit log blocks no logout and loses nothing in silence.
 */
export interface AuditLog {
  record(event: AuditEvent): void;
}
