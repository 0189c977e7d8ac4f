/** What one gateway process takes from its clients. Durations are milliseconds. */
export interface ServerLimits {
  /** Request line and header fields together; more is 431. */
  readonly headerBytesMax: number;
  /** Header fields of one request; more is 431. */
  readonly headerFieldsMax: number;
  /** Connections open at once; further ones are closed unread. */
  readonly connectionsMax: number;
  /** How long a request's head may take, also on a connection that never sends one. */
  readonly headersTimeoutMs: number;
  /** How long a connection may be idle between requests. */
  readonly keepAliveTimeoutMs: number;
  /** How long a finished response may wait for its client to read it. */
  readonly unreadTimeoutMs: number;
  /** How long the body of a request to one of our own paths may take as a whole. */
  readonly ownBodyTimeoutMs: number;
  /** How long the rest of a body that nobody wants is read and dropped, so that the client gets to its answer. */
  readonly unwantedBodyMs: number;
  /** How long requests under way may take when the server closes. */
  readonly closeGraceMs: number;
}

/** The limits that serve where nothing else is said. */
export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  headerBytesMax: 16 * 1024,
  headerFieldsMax: 100,
  connectionsMax: 10_000,
  headersTimeoutMs: 15_000,
  // Longer than the 60 s of usual load balancers, so that it is they who close an idle connection.
  keepAliveTimeoutMs: 65_000,
  unreadTimeoutMs: 120_000,
  ownBodyTimeoutMs: 30_000,
  unwantedBodyMs: 2_000,
  closeGraceMs: 5_000,
};
