/** What a problem document says. Every text is a constant of ours: never a request's value, an exception's message or a token. */
export interface Problem {
  readonly status: number;
  /** The stable reason for programs: `snake_case`. */
  readonly code: string;
  /** A short text for people, the same for every occurrence of `code`. */
  readonly title: string;
  /** `undefined` where the request has no id: then the document has no `request_id`. */
  readonly requestId: string | undefined;
  /** What this client can do about it. */
  readonly detail?: string;
  /** What else programs need to know; names other than those above. @see RFC 9457, section 3.2 */
  readonly extension?: Readonly<Record<string, string | readonly string[]>>;
  /** Further header fields: name, value, name, value, … such as `WWW-Authenticate` or `Retry-After`. */
  readonly headers?: readonly string[];
}

/** When to ask again what could not be told: long enough for a restart of what is down, short enough that nobody is kept waiting once it is back. */
export const RETRY_AFTER_SECONDS = 5;

/** The media type of problem documents. @see RFC 9457, section 3 */
export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/**
 * Makes a problem document as a complete answer: status, header fields (name, value, …) and the body with `type`, `title`, `status`, `code`,
 * `request_id` and perhaps `detail`. Nothing that says "no" may be kept by a cache, so it is always `no-store`. Does NOT choose the status.
 * @see RFC 9457, section 3 (Members of a Problem Details Object) and section 3.2 (Extension Members)
 */
export function problemAnswer(problem: Problem): { status: number; headers: string[]; body: string } {
  const { status, code, title, requestId, detail, extension, headers = [] } = problem;
  const type = `urn:wardgate:problem:${code}`;
  return {
    status,
    headers: ['Content-Type', PROBLEM_CONTENT_TYPE, 'Cache-Control', 'no-store', ...headers],
    body: JSON.stringify({ type, title, status, code, detail, request_id: requestId, ...extension }),
  };
}
