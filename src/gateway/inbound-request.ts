/**
 * Header fields as they came over the wire: name, value, name, value, … with names in the sender's case and duplicates kept.
 * On runtimes that join duplicates (Workers) a joined value holds a comma. Read with the functions of `header-fields.ts`.
 */
export type HeaderFields = readonly string[];

/**
 * One request to be decided, the same for both transports: the proxy fills it from the wire, a forward-auth dialect from the
 * headers in which the asking proxy describes the original request. Nothing in it is verified.
 */
export interface InboundRequest {
  /** As sent; methods are case-sensitive (RFC 9110, section 9.1). */
  readonly method: string;
  /** The raw request target, bytes as Latin-1 characters, not decoded or normalized in any way. */
  readonly target: string;
  readonly headers: HeaderFields;
  /** The canonical address of the client, by the rule of trusted proxies; `undefined` where it cannot be read, and then never trusted. */
  readonly clientAddress: string | undefined;
  /** Names this request in answers and logs; ours, never the client's. */
  readonly requestId: string;
}
