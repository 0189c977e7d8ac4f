import { isNull } from 'drizzle-orm';
import type { User } from '../../core/users/user-store.ts';
import { users } from './schema/users.ts';

/** Holds for a user who was not deleted: of those that were, only an empty row is kept. */
export const isThere = isNull(users.deletedAt);

/** Makes a user of a row. */
export function toUser({ deletedAt: _, ...row }: typeof users.$inferSelect): User {
  return {
    ...row,
    emailVerifiedAt: row.emailVerifiedAt ?? undefined,
    displayName: row.displayName ?? undefined,
    passwordHash: row.passwordHash ?? undefined,
    patientId: row.patientId ?? undefined,
    doctorId: row.doctorId ?? undefined,
    disabledAt: row.disabledAt ?? undefined,
    revokedAt: row.revokedAt ?? undefined,
  };
}
