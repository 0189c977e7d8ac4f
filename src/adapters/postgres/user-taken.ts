import type { UniqueMember } from '../../core/users/user-store.ts';
import { StatementError } from './database-errors.ts';

const UNIQUE_VIOLATION = '23505';
const MEMBERS: ReadonlyMap<string | undefined, UniqueMember> = new Map([
  ['users_email_unique', 'email'],
  ['users_username_unique', 'username'],
  ['users_patient_id_unique', 'patient_id'],
  ['users_doctor_id_unique', 'doctor_id'],
]);

/** Waits for a statement that writes a user, and tells by the constraint that refused it what is taken. Every other failure goes on. */
export async function takenMember<Value>(
  writing: Promise<Value>,
): Promise<{ kind: 'written'; value: Value } | { kind: 'taken'; member: UniqueMember }> {
  try {
    return { kind: 'written', value: await writing };
  } catch (error) {
    const member =
      error instanceof StatementError && error.sqlState === UNIQUE_VIOLATION
        ? MEMBERS.get(error.constraint)
        : undefined;
    if (member === undefined) throw error;
    return { kind: 'taken', member };
  }
}
