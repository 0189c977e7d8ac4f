import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { RETRY_AFTER_SECONDS } from '../../../lib/problem.ts';
import { basicChallenge, bearerChallenge } from '../../../oauth/challenge.ts';
import type { CoreEnv } from '../core-env.ts';

// Every refusal of the OAuth endpoints: the error as the RFC names it, and a constant text for people.
const ERRORS = {
  invalid_request: {
    status: 400,
    error: 'invalid_request',
    text: 'A parameter is missing, repeated or unreadable, or there is more than one credential.',
  },
  invalid_client: {
    status: 401,
    error: 'invalid_client',
    text: 'The client credential is missing or wrong.',
  },
  invalid_token: {
    status: 401,
    error: 'invalid_token',
    text: 'The access token is wrong, or has ended.',
  },
  insufficient_scope: {
    status: 403,
    error: 'insufficient_scope',
    text: 'The access token lacks the scope that this needs.',
  },
  invalid_grant: {
    status: 400,
    error: 'invalid_grant',
    text: 'The grant is wrong, used up, over, or of another client.',
  },
  invalid_scope: {
    status: 400,
    error: 'invalid_scope',
    text: 'The client may not have this scope, or not for this user.',
  },
  invalid_target: {
    status: 400,
    error: 'invalid_target',
    text: 'The client may not call this audience, or it is no audience.',
  },
  unauthorized_client: {
    status: 400,
    error: 'unauthorized_client',
    text: 'The client may not use this grant.',
  },
  unsupported_grant_type: {
    status: 400,
    error: 'unsupported_grant_type',
    text: 'There is no such grant here.',
  },
  payload_too_large: { status: 413, error: 'invalid_request', text: 'The body is too large.' },
  server_error: { status: 500, error: 'server_error', text: 'Something went wrong on our side.' },
  temporarily_unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    text: 'This cannot be told right now.',
  },
} as const;

/** The reasons of the OAuth endpoints' refusals. */
export type OAuthErrorCode = keyof typeof ERRORS;

/** The body of a refusal. @see RFC 6749, section 5.2 */
const oauthErrorSchema = z
  .strictObject({
    error: z.enum([
      'invalid_request',
      'invalid_client',
      'invalid_grant',
      'invalid_token',
      'insufficient_scope',
      'invalid_scope',
      'invalid_target',
      'unauthorized_client',
      'unsupported_grant_type',
      'server_error',
      'temporarily_unavailable',
    ]),
    error_description: z.string().optional(),
  })
  .openapi('OAuthError');

/** A documented refusal of an OAuth endpoint. */
export function oauthErrorOf(description: string) {
  return { description, content: { 'application/json': { schema: oauthErrorSchema } } } as const;
}

/** An answer of an OAuth endpoint, written, for whatever sends it. */
export interface OAuthAnswer {
  readonly status: 200 | (typeof ERRORS)[OAuthErrorCode]['status'];
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
  /** What it refuses with. */
  readonly error?: (typeof ERRORS)[OAuthErrorCode]['error'];
}

const NO_STORE = ['Cache-Control', 'no-store', 'Pragma', 'no-cache'] as const;

/** The header fields of an answer that nobody may keep. */
export function unstoredHeaders(contentType: string): readonly string[] {
  return ['Content-Type', contentType, ...NO_STORE];
}

/** Those of an answer in JSON. */
export const JSON_HEADERS = unstoredHeaders('application/json');

/**
 * Writes an error of an OAuth endpoint. Every 401 challenges with Basic, whatever the client tried: the scheme of HTTP that is there for
 * clients; one for a bearer token with Bearer too. `scope`: what an access token lacked. @see RFC 6749, section 5.2; RFC 6750, section 3
 */
export function oauthErrorAnswer(code: OAuthErrorCode, scope?: string): OAuthAnswer {
  const { status, error, text } = ERRORS[code];
  const challenges = challengesOf(code, scope);
  const headers = [
    ...JSON_HEADERS,
    ...(challenges.length > 0 ? ['WWW-Authenticate', challenges.join(', ')] : []),
    ...(status === 503 ? ['Retry-After', String(RETRY_AFTER_SECONDS)] : []),
  ];
  return { status, headers, body: JSON.stringify({ error, error_description: text }), error };
}

/** Answers a request with an error; see `oauthErrorAnswer`. */
export function oauthErrorResponse(c: Context<CoreEnv>, code: OAuthErrorCode): Response {
  return oauthResponse(c, oauthErrorAnswer(code));
}

/** Answers a request with what an endpoint has to say. @see RFC 6749, section 5.1 (nobody may keep it) */
export function oauthSuccessResponse(c: Context<CoreEnv>, body: object): Response {
  return oauthResponse(c, { status: 200, headers: JSON_HEADERS, body: JSON.stringify(body) });
}

/** Answers a request with an answer that was written. */
export function oauthResponse(c: Context<CoreEnv>, answer: OAuthAnswer): Response {
  const { status, headers, body, error } = answer;
  if (error !== undefined) c.env.refused?.(error);
  for (let index = 0; index < headers.length; index += 2) c.header(headers[index] ?? '', headers[index + 1]);
  return c.body(body, status);
}

function challengesOf(code: OAuthErrorCode, scope: string | undefined): readonly string[] {
  const basic = basicChallenge('wardgate');
  if (code === 'invalid_token') return [basic, bearerChallenge({ error: code })];
  if (code === 'insufficient_scope')
    return [bearerChallenge({ error: code, ...(scope !== undefined && { scope }) })];
  return ERRORS[code].status === 401 ? [basic] : [];
}
