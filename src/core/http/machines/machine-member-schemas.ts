import { z } from '@hono/zod-openapi';
import { AUDIENCE } from '../../../identity/audience.ts';
import { roleNameSchema } from '../account-member-schemas.ts';

/** The name of a program in a body. */
export const machineNameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]+$/u);

/** The roles of a program in a body. */
export const machineRolesSchema = z
  .array(roleNameSchema)
  .max(32)
  .openapi({ description: 'Role names; never `admin`.' });

/** The scopes of a program in a body. */
export const machineScopesSchema = z
  .array(
    z
      .string()
      .max(128)
      .regex(/^[!#-[\]-~]+$/),
  )
  .max(64);

/** An audience in a body. */
export const audienceSchema = z.string().max(256).regex(AUDIENCE);

/** The audiences of a program in a body. */
export const audiencesSchema = z.array(audienceSchema).max(64);
