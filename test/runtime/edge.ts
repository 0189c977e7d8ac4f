import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startWardgateProcess } from '../support/wardgate/wardgate-process.ts';
import { startWranglerDev } from '../support/wardgate/wrangler-dev.ts';
import type { RuntimeScene } from './runtime-scene.ts';

/** How a runtime starts an edge in a scene. */
export type StartEdge = (scene: RuntimeScene) => Promise<ServerProcess>;

/** Starts role `gateway` as a Node process. */
export const startNodeEdge: StartEdge = async ({ policyText, edgeVariables }) => {
  const directory = await mkdtemp(join(tmpdir(), 'wardgate-edge-'));
  const policyFile = join(directory, 'gateway.yaml');
  await writeFile(policyFile, policyText);
  const edge = await startWardgateProcess({
    ...edgeVariables,
    WARDGATE_ROLE: 'gateway',
    WARDGATE_CONFIG: policyFile,
  });
  const stop = async () => {
    await edge.stop();
    await rm(directory, { recursive: true });
  };
  return { ...edge, stop };
};

/** Starts the Worker in workerd. */
export const startWorkerEdge: StartEdge = ({ policyText, edgeVariables }) =>
  startWranglerDev({ policyText, bindings: edgeVariables });

/** What a sample service says that it received. */
export interface Received {
  readonly service: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyBytes: number;
}

/** A response as it came: nothing decompressed, fields in order and with duplicates. */
export interface EdgeResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bytes: Buffer;
  readonly body: string;
}

/** Sends a request on a connection of its own, target and header lines as they are given: `send(port, 'GET /public/x', ['X-User-Id: me'])`. */
export async function send(
  port: number,
  line: string,
  headerLines: readonly string[] = [],
  body = '',
): Promise<EdgeResponse> {
  const [method, path] = line.split(' ');
  const headers = ['Host', 'clinic.example', ...headerLines.flatMap(splitLine)];
  if (body !== '') headers.push('Content-Length', String(body.length));
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const fields = Array.from({ length: incoming.rawHeaders.length / 2 }, (_, index): [string, string] => [
    incoming.rawHeaders[2 * index] ?? '',
    incoming.rawHeaders[2 * index + 1] ?? '',
  ]);
  return { status: incoming.statusCode ?? 0, headers: fields, bytes, body: bytes.toString() };
}

function splitLine(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

export function bearer(token: string): string {
  return `Authorization: Bearer ${token}`;
}

/** All values of a response's field. */
export function valuesOf({ headers }: Pick<Received, 'headers'>, lowerCaseName: string): string[] {
  return headers.filter(([name]) => name.toLowerCase() === lowerCaseName).map(([, value]) => value);
}

/** Reads what the sample service behind the edge received. */
export function receivedIn(response: EdgeResponse): Received {
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${response.body}`);
  return JSON.parse(response.body) as Received;
}
