/**
 * Makes a cache key of a credential: the SHA-256 of the whole text, so that a memory of credentials holds none, and different credentials
 * never share a key. Shape: any string. A memory belongs to one kind of credential and one configuration, so that nothing else needs to be
 * in the key. @see CVE-2021-32701 (Ory Oathkeeper: a cache key that was too small for what it was shared by)
 */
export type Fingerprint = (text: string) => string;
