import type { AppFacts } from '../../../gateway/app.ts';
import { CLIENT_WENT_AWAY } from '../../../gateway/handling.ts';
import { type Soon, whenThere } from '../../../lib/soon.ts';
import { endTogether } from './end-together.ts';
import type { OwnRequest } from './own-request.ts';

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
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
  /** What it refuses with, in OAuth's words. */
  readonly error?: string;
}

/** Answers forms that are posted to one path; at once where nothing has to be waited for. Does NOT throw. */
export type AnswerForm = (form: PostedForm, facts: AppFacts) => Soon<FormAnswer>;

// As for the app behind.
const BODY_BYTES_MAX = 16 * 1024;
const LENGTH = /^\d{1,5}$/;

/**
 * Answers a posted form without a Web request in between, whose making costs more than all that the answer takes. Answers with whether it does: a request that
 * is in any way out of the ordinary, a body without a length or a large one, a query, a field that stands twice, another method, is the app's.
 */
export function answerDirectly(request: OwnRequest, answers: ReadonlyMap<string, AnswerForm>): boolean {
  const { incoming, facts, done, fail } = request;
  const answer = incoming.method === 'POST' ? answers.get(incoming.url ?? '') : undefined;
  const head = answer && readHead(incoming.rawHeaders);
  if (answer === undefined || head === undefined) return false;
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A client that goes away in the middle of its form; later, the answer finds nobody.
  incoming.on('error', () => incoming.readableEnded || done(CLIENT_WENT_AWAY));
  incoming.on('end', () => {
    const { contentType, authorization, accept } = head;
    const form = { hasQuery: false, contentType, authorization, accept, body: textOf(chunks) } as const;
    // A bug must not end the process, which it would outside of the turn that began with the request.
    try {
      const written = whenThere(answer(form, facts), (said) => write(said, request));
      if (written instanceof Promise) written.catch(fail);
    } catch (error) {
      fail(error);
    }
  });
  return true;
}

function write({ status, headers, body, error }: FormAnswer, { outgoing, done }: OwnRequest): void {
  // Nobody is there any more.
  if (outgoing.destroyed) {
    done(CLIENT_WENT_AWAY);
    return;
  }
  const length = Buffer.byteLength(body);
  outgoing.writeHead(status, [...headers, 'Content-Length', String(length)]);
  // What is ASCII is written as octets, without being encoded once more.
  endTogether(outgoing, body, length === body.length ? 'latin1' : 'utf8');
  done(status, error);
}

/** What of a head is read. */
interface FormHead {
  length?: string | undefined;
  contentType?: string | undefined;
  authorization?: string | undefined;
  accept?: string | undefined;
}

/** The fields that are looked at, no two of one length; with `transfer-encoding`, a body has no length. */
const FIELDS: readonly (readonly [name: string, part: keyof FormHead | undefined])[] = [
  ['content-length', 'length'],
  ['content-type', 'contentType'],
  ['authorization', 'authorization'],
  ['accept', 'accept'],
  ['transfer-encoding', undefined],
];
// Lengths first: most names differ there, and lower-casing each name of each request is what costs.
const BY_LENGTH = new Map(FIELDS.map((field) => [field[0].length, field]));

function readHead(rawHeaders: readonly string[]): FormHead | undefined {
  const head: FormHead = {
    length: undefined,
    contentType: undefined,
    authorization: undefined,
    accept: undefined,
  };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? '';
    const field = BY_LENGTH.get(sent.length);
    if (field === undefined || sent.toLowerCase() !== field[0]) continue;
    const part = field[1];
    if (part === undefined || head[part] !== undefined) return undefined;
    head[part] = rawHeaders[index + 1];
  }
  const { length = '' } = head;
  return LENGTH.test(length) && Number(length) <= BODY_BYTES_MAX ? head : undefined;
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  return (chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)).toString('utf8');
}
