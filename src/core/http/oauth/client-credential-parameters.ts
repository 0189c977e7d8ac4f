import { z } from '@hono/zod-openapi';
import { TOKEN_LENGTH_MAX } from '../../../oauth/token-limits.ts';

/** The parameters by which a client can prove who it is in the form of any OAuth endpoint, for the contract. @see RFC 6749, section 2.3.1; RFC 7523, section 2.2 */
export const clientCredentialParameters = {
  client_id: z.string().max(64).optional(),
  client_secret: z
    .string()
    .max(256)
    .optional()
    .openapi({ description: 'For clients with a secret that do not send it by Basic; with `client_id`.' }),
  client_assertion_type: z.enum(['urn:ietf:params:oauth:client-assertion-type:jwt-bearer']).optional(),
  client_assertion: z.string().max(TOKEN_LENGTH_MAX).optional().openapi({
    description: 'For clients that are registered with `private_key_jwt`, with `client_assertion_type`.',
  }),
};
