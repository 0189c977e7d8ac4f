import { z } from '@hono/zod-openapi';
import { hasIdShape } from '../../identity/ids.ts';
import { USERNAME } from '../accounts/account-names.ts';

/** A username in a body. Where a header or a log line names somebody, nobody may pass for another's id. */
export const usernameSchema = z
  .string()
  .regex(USERNAME)
  .refine((text) => !hasIdShape(text))
  .openapi({ description: 'Does not begin like an id of ours, such as `usr_`.' });
