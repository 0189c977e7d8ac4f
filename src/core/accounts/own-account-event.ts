import type { AuditEvent, AuditEventType, AuditRequest } from '../audit/audit-log.ts';

/** Describes for the audit log what a user does to the own account; the outcome is still to be said. */
export function byUser(
  type: AuditEventType,
  userId: string,
  request: AuditRequest,
  sessionId?: string,
): Pick<AuditEvent, 'type' | 'actor' | 'target' | 'sessionId' | 'request'> {
  return {
    type,
    actor: { kind: 'user', id: userId },
    target: { kind: 'user', id: userId },
    ...(sessionId !== undefined && { sessionId }),
    request,
  };
}

/** Describes what somebody without a credential does to an account; the user is left out where there is none. */
export function byStranger(
  type: AuditEventType,
  userId: string | undefined,
  request: AuditRequest,
): Pick<AuditEvent, 'type' | 'actor' | 'target' | 'request'> {
  return {
    type,
    actor: { kind: 'anonymous' },
    ...(userId !== undefined && { target: { kind: 'user', id: userId } }),
    request,
  };
}
