import { createServer, type RequestListener } from 'node:http';
import type { JWK } from 'jose';
import { close, listen } from '../servers/loopback-server.ts';

/** An issuer of tokens on this machine: it serves a key set, or whatever else a test makes it answer. */
export interface SteeredIssuer {
  /** Its `iss`. */
  readonly issuer: string;
  readonly jwksUri: string;
  readonly fetches: number;
  /** What it answers with; a test that breaks it puts `serveKeys` back. */
  answer: RequestListener;
  readonly serveKeys: RequestListener;
  close(): Promise<void>;
}

/** Starts an issuer that serves the given keys. */
export async function startSteeredIssuer(keys: readonly JWK[]): Promise<SteeredIssuer> {
  let fetches = 0;
  const serveKeys: RequestListener = (_incoming, outgoing) =>
    void outgoing.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys }));
  const server = createServer((incoming, outgoing) => {
    fetches += 1;
    steered.answer(incoming, outgoing);
  });
  const address = await listen(server);
  const steered: SteeredIssuer = {
    issuer: `http://${address}/realm`,
    jwksUri: `http://${address}/realm/keys`,
    get fetches() {
      return fetches;
    },
    answer: serveKeys,
    serveKeys,
    close: () => close(server),
  };
  return steered;
}
