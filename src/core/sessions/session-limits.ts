/** How long sessions live. */
export interface SessionLimits {
  /** The absolute limit of sessions of the transport `bearer`. */
  readonly bearerLifetimeSeconds: number;
  /** How long such a session may lie without a refresh. */
  readonly bearerIdleSeconds: number;
  /** The absolute limit of browser sessions, whose credentials are cookies: of the transports `cookie` and `token_cookies`. */
  readonly cookieLifetimeSeconds: number;
  /** How long a browser session may lie unused, or without a refresh where it lives by refreshing. */
  readonly cookieIdleSeconds: number;
}

/** How long sessions may lie unused, by how they travel. */
export type IdleLimits = Pick<SessionLimits, 'bearerIdleSeconds' | 'cookieIdleSeconds'>;
