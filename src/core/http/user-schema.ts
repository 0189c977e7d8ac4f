import { z } from '@hono/zod-openapi';
import type { User } from '../users/user-store.ts';
import { idSchema } from './id-schema.ts';

/** A user as others may see it: no password hash, and nothing where there is nothing. */
export const userSchema = z
  .strictObject({
    id: idSchema('user'),
    email: z.string(),
    emailVerified: z.boolean().openapi({ description: 'Whether the user was seen to read mail there.' }),
    username: z.string(),
    displayName: z.string().optional(),
    roles: z.array(z.string()),
    patientId: z
      .string()
      .optional()
      .openapi({ description: 'The patient record that the user is linked to.' }),
    doctorId: z.string().optional().openapi({ description: 'The doctor record that the user is linked to.' }),
    createdAt: z.iso.datetime(),
  })
  .openapi('User');

/** Writes a user for the wire, member by member, so that a new secret in `User` does not slip out. */
export function toUserBody(user: User): z.infer<typeof userSchema> {
  return {
    id: user.id,
    email: user.email,
    emailVerified: user.emailVerifiedAt !== undefined,
    username: user.username,
    ...(user.displayName !== undefined && { displayName: user.displayName }),
    roles: [...user.roles],
    ...(user.patientId !== undefined && { patientId: user.patientId }),
    ...(user.doctorId !== undefined && { doctorId: user.doctorId }),
    createdAt: user.createdAt.toISOString(),
  };
}
