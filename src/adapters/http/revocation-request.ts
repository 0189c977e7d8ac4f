import { isEventStream } from '../../gateway/streams/event-stream.ts';
import type { RevocationBatch } from '../../identity/revocation.ts';
import { readRevocationBatch } from '../../identity/revocation-batch-json.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { parseJsonText } from '../../oauth/json-object.ts';
import { readBoundedBody } from './bounded-body.ts';
import { basicCredential, type Cores } from './cores.ts';

/** Where a core tells what was revoked: as a stream of events, or what there is as JSON. */
const PATH = '/internal/revocations';

/** Some 150,000 revocations, and with what is made of them a part of the 128 MB that a Worker has. */
const BATCH_BYTES_MAX = 16 * 1024 * 1024;

/** How the log is asked for. */
export interface RevocationRequest {
  readonly fetch: typeof fetch;
  readonly client: Cores['client'];
  readonly coreUrl: string;
  /** Where to go on. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks for the log from a cursor on as one JSON document. @throws UnavailableError ('core') for everything else than a batch, and for one that is longer than 16 MiB: a feed that
 * took a part of it would call itself current.
 */
export async function pollRevocations(request: RevocationRequest): Promise<RevocationBatch> {
  const query = request.after === undefined ? '' : `?${new URLSearchParams({ after: request.after })}`;
  const response = await ask(request, query, { accept: 'application/json' });
  const bytes = await orUnavailable(readBoundedBody(response, { bytesMax: BATCH_BYTES_MAX, from: 'core' }));
  return readBatch(new TextDecoder().decode(bytes));
}

/** Opens the stream of the log from a cursor on. @throws UnavailableError ('core') for everything else than a stream of events. */
export async function openRevocations(request: RevocationRequest): Promise<ReadableStream<Uint8Array>> {
  const resumed = request.after === undefined ? {} : { 'last-event-id': request.after };
  const { headers, body } = await ask(request, '', { accept: 'text/event-stream', ...resumed });
  if (body !== null && isEventStream(headers.get('content-type'))) return body;
  await body?.cancel();
  throw new UnavailableError('core', 'the core answered with no stream of events');
}

/** Reads a batch as it is told. @throws UnavailableError ('core') where it cannot be read. */
export function readBatch(text: string): RevocationBatch {
  const batch = readRevocationBatch(parseJsonText(text));
  if (batch === undefined)
    throw new UnavailableError('core', 'the core told of revocations that cannot be read');
  return batch;
}

async function ask(
  { fetch: send, client, coreUrl, signal }: RevocationRequest,
  query: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const authorization = basicCredential(client);
  const request = { headers: { authorization, ...headers }, redirect: 'manual', signal } as const;
  const response = await orUnavailable(send(`${coreUrl}${PATH}${query}`, request));
  if (response.status === 200) return response;
  await response.body?.cancel();
  throw new UnavailableError('core', 'the core tells nothing of revocations');
}

async function orUnavailable<Value>(asked: Promise<Value>): Promise<Value> {
  try {
    return await asked;
  } catch (error) {
    throw new UnavailableError('core', 'the core did not answer', { cause: error });
  }
}
