import { z } from '@hono/zod-openapi';
import { DISPLAY_NAME, DISPLAY_NAME_LENGTH_MAX } from '../../accounts/account-names.ts';
import { EMAIL_LENGTH_MAX, parseEmailAddress } from '../../accounts/email-address.ts';
import { PASSWORD_INPUT_LENGTH_MAX } from '../../passwords/normalize-password.ts';
import { usernameSchema } from '../username-schema.ts';

const displayNameSchema = z.string().min(1).max(DISPLAY_NAME_LENGTH_MAX).regex(DISPLAY_NAME);
const passwordSchema = z.string().min(1).max(PASSWORD_INPUT_LENGTH_MAX);

/** The body of a registration. Strict: a body that names roles or links is no registration. */
export const registrationSchema = z
  .strictObject({
    email: z
      .string()
      .max(EMAIL_LENGTH_MAX)
      .refine((text) => parseEmailAddress(text).ok)
      .transform((text) => text.toLowerCase())
      .openapi({ description: 'Kept in lower case.', example: 'jo@clinic.test' }),
    username: usernameSchema,
    displayName: displayNameSchema.optional(),
    password: passwordSchema.openapi({ description: '15 to 256 characters.' }),
  })
  .openapi('Registration');

/** The body of a change of one's own profile. */
export const profileChangeSchema = z
  .strictObject({
    username: usernameSchema.optional(),
    displayName: displayNameSchema.nullable().optional().openapi({ description: '`null` removes it.' }),
  })
  .refine((change) => Object.keys(change).length > 0)
  .openapi('ProfileChange', { minProperties: 1 });

/** The body of a change of one's own password. */
export const passwordChangeSchema = z
  .strictObject({
    currentPassword: passwordSchema,
    newPassword: passwordSchema.openapi({ description: '15 to 256 characters.' }),
  })
  .openapi('PasswordChange');
