import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { basic, FORM } from '../oauth/client-requests.ts';
import type { RegisteredClient } from '../oauth/registered-client.ts';

/** What became of one request. Times are milliseconds of `performance.now()`. */
export interface Asked {
  /** The replica that was asked. */
  readonly place: string;
  readonly sentMs: number;
  readonly doneMs: number;
  /** `undefined` where no answer came. */
  readonly status: number | undefined;
  /** Of a problem document. */
  readonly code: string | undefined;
  readonly retryAfter: string | undefined;
  /** Why no answer came, or not all of it. */
  readonly failure: string | undefined;
  readonly body: string;
}

/** What shows who asks: either of them. */
export interface Credential {
  readonly token?: string;
  readonly apiKey?: string;
}

/** What to ask. */
export interface Question extends Credential {
  readonly place: { readonly name: string; readonly origin: string };
  readonly path: string;
  /** Makes it a POST of JSON. */
  readonly body?: unknown;
  /** Makes it a POST of a form, by a client. */
  readonly form?: { readonly client: RegisteredClient; readonly fields: Readonly<Record<string, string>> };
}

/** Beyond what the edge waits for its core, so that it is a failure to be met here. */
const ANSWER_MS = 15_000;

/** Asks over connections that are kept. */
export interface Asker {
  ask(question: Question): Promise<Asked>;
  close(): void;
}

/** Creates what asks replicas, and never throws for what becomes of it. */
export function createAsker(): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    close: () => agent.destroy(),
    async ask({ place, path, token, apiKey, ...question }) {
      const sentMs = performance.now();
      const content = contentOf(question);
      const outgoing = request(`${place.origin}${path}`, {
        agent,
        method: content === undefined ? 'GET' : 'POST',
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(apiKey !== undefined && { 'x-api-key': apiKey }),
          ...content?.headers,
        },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      outgoing.end(content?.text);
      const asked = { place: place.name, sentMs };
      let incoming: IncomingMessage | undefined;
      try {
        [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
        return { ...asked, ...headOf(incoming), ...(await bodyOf(incoming)), doneMs: performance.now() };
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException;
        const nothing = { status: undefined, retryAfter: undefined };
        const head = incoming === undefined ? nothing : headOf(incoming);
        return { ...asked, ...head, code: undefined, body: '', failure: code, doneMs: performance.now() };
      }
    },
  };
}

function contentOf({ body, form }: Pick<Question, 'body' | 'form'>) {
  if (form !== undefined) {
    const { client, fields } = form;
    const headers = { ...basic(client.id, client.secret), 'content-type': FORM };
    return { headers, text: new URLSearchParams(fields).toString() };
  }
  if (body === undefined) return undefined;
  return { headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
}

function headOf({ statusCode, headers }: IncomingMessage) {
  return { status: statusCode, retryAfter: headers['retry-after'] };
}

async function bodyOf(incoming: IncomingMessage) {
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
  const isProblem = incoming.headers['content-type']?.startsWith('application/problem+json') === true;
  const code: string | undefined = isProblem ? JSON.parse(body).code : undefined;
  return { body, code, failure: undefined };
}
