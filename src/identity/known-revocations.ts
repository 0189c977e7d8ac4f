/**
 * The revocations of its user and its clients that a token of ours was issued after, by their ids: of each the second since the Unix epoch. A token says those alone that
 * its time of issue does not tell by itself, because they were seconds before it.
 */
export type KnownRevocations = Readonly<Record<string, number>>;

/** What the claims of a token say of the revocations before it; `undefined` where they say nothing. */
export function knownRevocations(claims: Readonly<Record<string, unknown>>): KnownRevocations | undefined {
  const { known_revocations: known } = claims;
  return typeof known === 'object' && known !== null ? (known as KnownRevocations) : undefined;
}

/** The second of the last revocation of that id which a token was issued after, as far as it says; `undefined` where it says none. */
export function knownRevocation(known: KnownRevocations | undefined, id: string): number | undefined {
  return known !== undefined && Object.hasOwn(known, id) && Number.isInteger(known[id])
    ? known[id]
    : undefined;
}
