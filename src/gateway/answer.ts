/** A complete answer of our own: written by whichever transport is around. `body` is UTF-8 text. */
export interface Answer {
  readonly status: number;
  /** Name, value, name, value, … Does NOT hold `Content-Length`; the transport adds it. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** Makes a Web `Response` of an answer; a header that stands twice is sent twice. The response to a HEAD has no body. */
export function answerResponse(answer: Answer, method = 'GET'): Response {
  const headers = new Headers();
  for (let index = 0; index < answer.headers.length; index += 2)
    headers.append(answer.headers[index] ?? '', answer.headers[index + 1] ?? '');
  return new Response(method === 'HEAD' ? null : answer.body, { status: answer.status, headers });
}
