import type { MachineCursor } from '../machines/machine-cursor.ts';

/** What clients may sign assertions with. */
export const CLIENT_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** One of them. */
export type ClientKeyAlgorithm = (typeof CLIENT_KEY_ALGORITHMS)[number];

/** How clients can prove who they are. @see RFC 6749, section 2.3.1; RFC 7523, section 2.2 */
export const CLIENT_AUTHENTICATION_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

/** One of them. */
export type ClientAuthenticationMethod = (typeof CLIENT_AUTHENTICATION_METHODS)[number];

/** A public key of a client, with the members that count and no others. @see RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2 */
export interface ClientKey {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly n?: string | undefined;
  readonly e?: string | undefined;
  readonly crv?: 'P-256' | 'Ed25519' | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly kid?: string | undefined;
  readonly use?: 'sig' | undefined;
  readonly alg?: ClientKeyAlgorithm | undefined;
}

/** An OAuth client, a program that acts for itself, as it is stored: never its secret, never the secret's hash. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly authenticationMethod: ClientAuthenticationMethod;
  /** Public keys, for `private_key_jwt`; otherwise none. */
  readonly keys: readonly ClientKey[];
  readonly roles: readonly string[];
  /** The scopes that it may ask for. */
  readonly scopes: readonly string[];
  /** What it is called itself, where tokens are meant for it: the audience of the service that it is. */
  readonly audience: string | undefined;
  /** The audiences for which it may exchange the token of a user. @see RFC 8693, section 2.1 */
  readonly audiences: readonly string[];
  readonly disabledAt: Date | undefined;
  /**
   * When what was issued to it was last revoked, by the log of revocations, where that was lately. Told by `findCredentials` alone, in one look with all the rest: so whoever issues a token
   * never counts as new what was read before the revocation.
   */
  readonly revokedAt?: Date;
  /** When it last got a token; to the minute. */
  readonly lastUsedAt: Date | undefined;
  readonly createdAt: Date;
}

/** What a client is called, and whom it may call for a user; what is absent is none. */
export interface ClientAudiences {
  readonly audience?: string;
  readonly audiences?: readonly string[];
}

/** What is known of a client that is about to be stored. */
export type NewClient = Pick<Client, 'name' | 'roles' | 'scopes'> &
  ClientAudiences &
  (
    | {
        readonly authenticationMethod: 'client_secret_basic' | 'client_secret_post';
        /** The SHA-256 of the secret. */
        readonly secretHash: Uint8Array;
      }
    | { readonly authenticationMethod: 'private_key_jwt'; readonly keys: readonly ClientKey[] }
  );

/** What of a client changes; what is absent stays, and `null` empties it. `keys` are for clients with `private_key_jwt` alone: the store refuses them elsewhere. */
export interface ClientChange {
  readonly name?: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  readonly audience?: string | null;
  readonly audiences?: readonly string[];
  readonly keys?: readonly ClientKey[];
  readonly disabled?: boolean;
}

/** What a client is authenticated by. */
export interface ClientCredentials {
  readonly client: Client;
  /** `undefined` for `private_key_jwt`. */
  readonly secretHash: Uint8Array | undefined;
}

/** A part of the list of clients, oldest first. */
export interface ClientPage {
  readonly clients: readonly Client[];
  /** Where the next page begins; `undefined` on the last. */
  readonly next: MachineCursor | undefined;
}

/** An assertion that is about to be used up. */
export interface UsedAssertion {
  readonly clientId: string;
  /** The SHA-256 of its `jti`. */
  readonly jtiHash: Uint8Array;
  /** Until when at least it must be known as used. */
  readonly expiresAt: Date;
}

/** Port: stores OAuth clients, at its own clock. Every method throws UnavailableError ('database') when the store could not tell. */
export interface ClientStore {
  create(client: NewClient): Promise<Client>;
  findById(id: string): Promise<Client | undefined>;
  /** The client, if it is not disabled; `undefined` also where that token (`jti_…`) was revoked by itself. Does NOT look whose the token is. */
  findActiveById(id: string, tokenId?: string): Promise<Client | undefined>;
  /** The client with what it is authenticated by and when it was revoked, also while it is disabled. */
  findCredentials(id: string): Promise<ClientCredentials | undefined>;
  /** Lists all clients, also those that are disabled, by time of creation, oldest first. */
  list(query: { readonly after: MachineCursor | undefined; readonly limit: number }): Promise<ClientPage>;
  /** Changes a client and answers with it as it is then; `undefined` where there is none. Disabling again keeps the first time. */
  change(id: string, change: ClientChange): Promise<Client | undefined>;
  /** Puts another secret in the place of the old one, which is dead from then on; `undefined` where there is no client, or none with a secret. */
  rotateSecret(id: string, secretHash: Uint8Array): Promise<Client | undefined>;
  /** Removes a client for good, with the assertions that it used. Its id never comes again. */
  remove(id: string): Promise<'removed' | 'not_found'>;
  /** Notes that a client got a token, at most once a minute. */
  noteUse(id: string): Promise<void>;
  /** Uses an assertion up: of any number of calls, also at once, one alone is told `used`. `spent` also where there is no such client. */
  useAssertion(assertion: UsedAssertion): Promise<'used' | 'spent'>;
}
