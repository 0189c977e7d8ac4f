/** A complete answer of our own: written by whichever transport is around. `body` is UTF-8 text. */
export interface Answer {
  readonly status: number;
  /** Name, value, name, value, … Does NOT hold `Content-Length`; the transport adds it. */
  readonly headers: readonly string[];
  readonly body: string;
}
