import type { User, UserStore } from '../users/user-store.ts';
import { hashOneTimeToken } from './one-time-token.ts';
import type { OneTimePurpose, OneTimeTokenStore } from './one-time-token-store.ts';

/** Whose link it is that was followed. */
export interface FollowedLink {
  readonly user: User;
  /** The address that the link was mailed to. */
  readonly email: string;
  readonly tokenHash: Uint8Array;
}

/** Finds the active user that a token was mailed to. Does NOT use the token up, and does NOT look whether the address is still the user's. */
export async function findByLink(
  stores: { readonly users: UserStore; readonly oneTimeTokens: OneTimeTokenStore },
  token: string,
  purpose: OneTimePurpose,
): Promise<FollowedLink | undefined> {
  const tokenHash = await hashOneTimeToken(token);
  if (tokenHash === undefined) return undefined;
  const facts = await stores.oneTimeTokens.find(tokenHash, purpose);
  if (facts === undefined) return undefined;
  const user = await stores.users.findById(facts.userId);
  if (user === undefined || user.disabledAt !== undefined) return undefined;
  return { user, email: facts.email, tokenHash };
}
