import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppFacts } from '../../../gateway/app.ts';
import { headerValues } from '../../../gateway/header-fields.ts';

/** A form that was posted, as it was read. */
export interface PostedForm {
  readonly hasQuery: false;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly body: string;
}

/** What is answered to it. */
export interface FormAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers forms that are posted to one path. Does NOT throw. */
export type AnswerForm = (form: PostedForm, facts: AppFacts) => Promise<FormAnswer>;

// As for the app behind.
const BODY_BYTES_MAX = 16 * 1024;
const LENGTH = /^\d{1,5}$/;

/**
 * Answers a posted form without a Web request in between, whose making costs more than all that the answer takes. Answers with whether it does: a request that
 * is in any way out of the ordinary, a body without a length or a large one, a query, a field that stands twice, another method, is the app's.
 */
export function answerDirectly(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answers: ReadonlyMap<string, AnswerForm>,
  facts: AppFacts,
): boolean {
  const answer = incoming.method === 'POST' ? answers.get(incoming.url ?? '') : undefined;
  const head = answer && readHead(incoming.rawHeaders);
  if (answer === undefined || head === undefined) return false;
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A client that goes away in the middle of its form.
  incoming.once('error', () => {});
  incoming.once('end', async () => {
    const { status, headers, body } = await answer({ ...head, body: textOf(chunks) }, facts);
    if (outgoing.destroyed) return;
    const length = Buffer.byteLength(body);
    outgoing.writeHead(status, { ...headers, 'Content-Length': length });
    // What is ASCII is written as octets, without being encoded once more.
    outgoing.end(body, length === body.length ? 'latin1' : 'utf8');
  });
  return true;
}

function readHead(rawHeaders: readonly string[]): Omit<PostedForm, 'body'> | undefined {
  if (headerValues(rawHeaders, 'transfer-encoding').length > 0) return undefined;
  const fields = ['content-length', 'content-type', 'authorization', 'accept'].map((name) =>
    headerValues(rawHeaders, name),
  );
  if (fields.some((values) => values.length > 1)) return undefined;
  const [length = '', contentType, authorization, accept] = fields.map(([value]) => value);
  if (!LENGTH.test(length) || Number(length) > BODY_BYTES_MAX) return undefined;
  return { hasQuery: false, contentType, authorization, accept };
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  return (chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)).toString('utf8');
}
