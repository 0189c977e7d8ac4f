import { z } from '@hono/zod-openapi';
import {
  displayNameChangeSchema,
  displayNameSchema,
  emailSchema,
  newPasswordSchema,
  passwordSchema,
  usernameSchema,
} from '../account-member-schemas.ts';

/** The body of a registration. Strict: a body that names roles or links is no registration. */
export const registrationSchema = z
  .strictObject({
    email: emailSchema,
    username: usernameSchema,
    displayName: displayNameSchema.optional(),
    password: newPasswordSchema,
  })
  .openapi('Registration');

/** The body of a change of one's own profile. */
export const profileChangeSchema = z
  .strictObject({
    username: usernameSchema.optional(),
    displayName: displayNameChangeSchema,
  })
  .refine((change) => Object.keys(change).length > 0)
  .openapi('ProfileChange', { minProperties: 1 });

/** The body of a change of one's own password. */
export const passwordChangeSchema = z
  .strictObject({
    currentPassword: passwordSchema,
    newPassword: newPasswordSchema,
  })
  .openapi('PasswordChange');
