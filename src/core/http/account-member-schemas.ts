import { z } from '@hono/zod-openapi';
import { EMAIL_LENGTH_MAX, EMAIL_PATTERN, parseEmailAddress } from '../../identity/email-address.ts';
import { hasIdShape } from '../../identity/ids.ts';
import { ROLE_NAME } from '../../identity/role-name.ts';
import { DISPLAY_NAME, DISPLAY_NAME_LENGTH_MAX, USERNAME } from '../accounts/account-names.ts';
import { PASSWORD_INPUT_LENGTH_MAX } from '../passwords/normalize-password.ts';

/** An e-mail address in a body. */
export const emailSchema = z
  .string()
  .max(EMAIL_LENGTH_MAX)
  .refine((text) => parseEmailAddress(text).ok)
  .transform((text) => text.toLowerCase())
  .openapi({ description: 'Kept in lower case.', pattern: EMAIL_PATTERN, example: 'jo@clinic.test' });

/** A username in a body. Where a header or a log line names somebody, nobody may pass for another's id. */
export const usernameSchema = z
  .string()
  .regex(USERNAME)
  .refine((text) => !hasIdShape(text))
  .openapi({ description: 'Does not begin like an id of ours, such as `usr_`.' });

/** A display name in a body. */
export const displayNameSchema = z.string().min(1).max(DISPLAY_NAME_LENGTH_MAX).regex(DISPLAY_NAME);

/** The change of a display name in a body. */
export const displayNameChangeSchema = displayNameSchema
  .nullable()
  .optional()
  .openapi({ description: '`null` removes it.' });

/** The name of a role in a body or a query. */
export const roleNameSchema = z.string().regex(ROLE_NAME).openapi({ example: 'doctor' });

/** A password in a body, as it was typed. */
export const passwordSchema = z.string().min(1).max(PASSWORD_INPUT_LENGTH_MAX);

/** A password in a body that is to become somebody's. Whether it will do is the password policy's to say. */
export const newPasswordSchema = passwordSchema.openapi({ description: '15 to 256 characters.' });
