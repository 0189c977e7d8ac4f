import { z } from '@hono/zod-openapi';
import type { User } from '../../users/user-store.ts';
import {
  displayNameChangeSchema,
  displayNameSchema,
  emailSchema,
  passwordSchema,
  roleNameSchema,
  usernameSchema,
} from '../account-member-schemas.ts';
import { pageLimitSchema } from '../page-limit.ts';
import { toUserBody, userSchema } from '../user-schema.ts';
import { CURSOR_LENGTH_MAX, readUserCursor } from './user-cursor.ts';

const LINK_LENGTH_MAX = 128;
const ROLES_MAX = 32;
const SEARCH_LENGTH_MAX = 254;

const members = {
  roles: z
    .array(roleNameSchema)
    .max(ROLES_MAX)
    .transform((roles) => [...new Set(roles)]),
  // Links are written in identity headers as they are.
  link: z
    .string()
    .max(LINK_LENGTH_MAX)
    .regex(/^[\x21-\x7e]+$/),
};

/** The body that creates a user. */
export const newUserSchema = z
  .strictObject({
    email: emailSchema,
    username: usernameSchema,
    displayName: displayNameSchema.optional(),
    password: passwordSchema
      .optional()
      .openapi({ description: '15 to 256 characters; without it the user cannot log in with a password.' }),
    roles: members.roles,
    patientId: members.link.optional(),
    doctorId: members.link.optional(),
  })
  .openapi('NewUser');

/** The body that changes a user. */
export const userChangeSchema = z
  .strictObject({
    email: emailSchema.optional(),
    username: usernameSchema.optional(),
    displayName: displayNameChangeSchema,
    roles: members.roles.optional().openapi({ description: 'All of them: what is not named is removed.' }),
    patientId: members.link.nullable().optional().openapi({ description: '`null` removes the link.' }),
    doctorId: members.link.nullable().optional().openapi({ description: '`null` removes the link.' }),
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0)
  .openapi('UserChange', { minProperties: 1 });

/** The query of the list of users. */
export const userListQuerySchema = z.strictObject({
  search: z
    .string()
    .min(1)
    .max(SEARCH_LENGTH_MAX)
    .regex(/^\P{C}+$/u)
    .optional()
    .openapi({
      description: 'Part of an e-mail address, a username or a display name, or a whole id or link.',
    }),
  role: roleNameSchema.optional().openapi({ description: 'Users with this role alone.' }),
  limit: pageLimitSchema,
  cursor: z
    .string()
    .max(CURSOR_LENGTH_MAX)
    .refine((text) => readUserCursor(text) !== undefined)
    .optional()
    .openapi({ description: '`nextCursor` of the page before.', pattern: '^[A-Za-z0-9_-]+$' }),
});

/** A user as administrators see it. */
export const administeredUserSchema = z
  .strictObject({
    // Not extended: the contract would say that both shapes hold at once, and each allows nothing more.
    ...userSchema.shape,
    displayName: z.string().optional(),
    disabled: z.boolean(),
  })
  .openapi('AdministeredUser');

/** Writes a user for administrators. */
export function toAdministeredUserBody(user: User): z.infer<typeof administeredUserSchema> {
  return {
    ...toUserBody(user),
    ...(user.displayName !== undefined && { displayName: user.displayName }),
    disabled: user.disabledAt !== undefined,
  };
}
