import { z } from '@hono/zod-openapi';
import { textOf } from '../../../lib/texts.ts';
import { withoutAbsent } from '../../../lib/without-absent.ts';
import { isJsonObject } from '../../../oauth/json-object.ts';
import type { Introspection } from '../../introspection/create-introspection.ts';
import type { ActiveToken } from '../../introspection/introspect.ts';
import type { TokenKind } from '../../introspection/token-kind.ts';
import { FIRST_PARTY_CLIENT_ID } from '../../tokens/access-token.ts';

const seconds = (what: string) =>
  z
    .int()
    .optional()
    .openapi({ description: `${what}, in seconds since the Unix epoch.` });

/** What is answered about a token. @see RFC 7662, section 2.2; RFC 8693, section 4.1 (act) */
export const introspectionAnswerSchema = z
  .discriminatedUnion('active', [
    z.strictObject({ active: z.literal(false) }),
    z.strictObject({
      active: z.literal(true),
      sub: z.string(),
      username: z.string().optional(),
      client_id: z.string().optional(),
      scope: z
        .string()
        .optional()
        .openapi({ description: 'With spaces between; absent where there is none.' }),
      roles: z
        .array(z.string())
        .openapi({ description: 'Sorted; of foreign issuers as the policy maps them.' }),
      aud: z.union([z.string(), z.array(z.string())]),
      iss: z.string(),
      iat: seconds('When it was issued; of a session when the user logged in'),
      exp: seconds('When it ends; absent where it does not end by itself'),
      nbf: seconds('From when it is good'),
      jti: z.string().optional(),
      sid: z.string().optional().openapi({ description: 'The session that it belongs to.' }),
      token_type: z.enum(['Bearer', 'session_token', 'api_key', 'refresh_token']).openapi({
        description: '`Bearer` for access tokens; the other kinds have names of their own.',
      }),
      auth_time: seconds('When the user was authenticated'),
      acr: z.string().optional(),
      patient_id: z.string().optional(),
      doctor_id: z.string().optional(),
      act: z
        .looseObject({})
        .optional()
        .openapi({ description: 'Who acts for the subject (RFC 8693, section 4.1).' }),
    }),
  ])
  .openapi('IntrospectionAnswer');

/** An answer about a token. */
export type IntrospectionAnswer = z.infer<typeof introspectionAnswerSchema>;

const TOKEN_TYPES: Readonly<Record<TokenKind, Extract<IntrospectionAnswer, { active: true }>['token_type']>> =
  {
    access_token: 'Bearer',
    session_token: 'session_token',
    api_key: 'api_key',
    refresh_token: 'refresh_token',
  };

/** What is said of everything that is not active, and nothing more. @see RFC 7662, section 2.2 */
export const INACTIVE = { active: false } as const;

/**
 * Writes what is known of an active token: of a JWT what it says itself, of session tokens and API keys the facts as they stand. A claim of a foreign issuer that is not
 * of its type is left out. `client_id` may be called `azp` there.
 */
export function introspectionAnswer(
  { kind, principal }: ActiveToken,
  own: Introspection['own'],
): Extract<IntrospectionAnswer, { active: true }> {
  const { claims, subject, roles, scopes, expiresAt } = principal;
  const said = kind === 'access_token' ? claims : { ...claims, iat: claims.auth_time };
  const firstParty = kind === 'session_token' ? FIRST_PARTY_CLIENT_ID : undefined;
  return withoutAbsent<Extract<IntrospectionAnswer, { active: true }>>({
    active: true,
    sub: subject,
    username: principal.username,
    client_id: textOf(said.client_id) ?? textOf(said.azp) ?? firstParty,
    scope: scopes.size === 0 ? undefined : [...scopes].join(' '),
    roles: [...roles],
    aud: kind === 'access_token' ? audienceOf(said.aud) : own.audience,
    iss: textOf(said.iss) ?? own.issuer,
    iat: secondsOf(said.iat),
    exp: secondsOf(expiresAt),
    nbf: secondsOf(said.nbf),
    jti: textOf(said.jti),
    sid: principal.sessionId,
    token_type: TOKEN_TYPES[kind],
    auth_time: secondsOf(said.auth_time),
    acr: textOf(said.acr),
    patient_id: textOf(said.patient_id),
    doctor_id: textOf(said.doctor_id),
    act: isJsonObject(said.act) ? { ...said.act } : undefined,
  });
}

function secondsOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

function audienceOf(aud: unknown): string | string[] {
  return Array.isArray(aud) ? aud.filter((one) => typeof one === 'string') : String(aud);
}
