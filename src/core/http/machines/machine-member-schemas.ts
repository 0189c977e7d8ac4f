import { z } from '@hono/zod-openapi';
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
