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

/** The body of a request for a new password. */
export const forgotPasswordSchema = z.strictObject({ email: emailSchema }).openapi('ForgotPassword');

// As long as a token is; what is no token may be as long, so that a link that was cut is a link that is wrong.
const mailedToken = z
  .string()
  .min(1)
  .max(128)
  .openapi({ description: 'What stands behind `#token=` in the link.' });

/** The body of a reset of a password. */
export const passwordResetSchema = z
  .strictObject({ token: mailedToken, password: newPasswordSchema })
  .openapi('PasswordReset');

/** The body of what a mailed link does by itself. */
export const mailedTokenSchema = z.strictObject({ token: mailedToken }).openapi('MailedToken');

/** The body of a request for another e-mail address. */
export const emailChangeSchema = z
  .strictObject({ email: emailSchema, currentPassword: passwordSchema })
  .openapi('EmailChange');

/** The body of a change of one's own password. */
export const passwordChangeSchema = z
  .strictObject({
    currentPassword: passwordSchema,
    newPassword: newPasswordSchema,
  })
  .openapi('PasswordChange');
