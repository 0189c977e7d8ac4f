import type { Principal } from '../../identity/principal.ts';

/** Who asks about a token. */
export interface IntrospectionCaller {
  /** `cli_…`, or `usr_…` of a user who asks with an access token; signed answers are addressed to it. */
  readonly id: string;
  /** What the service that asks is called as an audience, where it is called anything. */
  readonly audience: string | undefined;
}

/**
 * Tells whether a caller may be told of a token, by whom the token is for. One for the configured audience is for every service that asks; one for a narrower
 * audience is for that service alone. Who is not meant is told what would be told of no token at all.
 * @see RFC 7662, sections 2.2 and 4
 */
export function isMeantFor({ audience }: Pick<Principal, 'audience'>, caller: IntrospectionCaller): boolean {
  return audience === undefined || audience === caller.audience;
}
