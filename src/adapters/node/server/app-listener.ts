import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { App, AppFacts } from '../../../gateway/app.ts';
import { clientAddress } from '../../../gateway/client/client-address.ts';
import type { TrustedProxies } from '../../../gateway/client/trusted-proxies.ts';
import { CLIENT_WENT_AWAY, type RequestObserver } from '../../../gateway/handling.ts';
import { headerValues } from '../../../gateway/header-fields.ts';
import { type AnswerForm, answerDirectly } from './direct-forms.ts';

/** What a listener for the app needs. */
export interface AppListenerOptions {
  readonly app: App;
  /** Forms that are answered without the app, by their path. */
  readonly forms?: ReadonlyMap<string, AnswerForm>;
  /** Those of the policy that holds at that moment. */
  readonly trustedProxies: () => TrustedProxies;
  readonly observer: RequestObserver;
  readonly createRequestId: () => string;
}

/** Creates the `node:http` listener for Wardgate's own paths: a Web request for the app, its answer written back, one line in the log. */
export function createAppListener(
  options: AppListenerOptions,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const { forms = new Map() } = options;
  const factsOf = new WeakMap<IncomingMessage, AppFacts>();
  const listener = getRequestListener((request, { incoming }) => {
    const facts = factsOf.get(incoming as IncomingMessage);
    if (facts === undefined) throw new Error('a request reached the app around its listener');
    return options.app(request, facts);
  });

  return (incoming, outgoing) => {
    const startedMs = performance.now();
    const forwardedFor = headerValues(incoming.rawHeaders, 'x-forwarded-for');
    const address = clientAddress(incoming.socket.remoteAddress, forwardedFor, options.trustedProxies());
    const facts = { requestId: options.createRequestId(), clientAddress: address };
    factsOf.set(incoming, facts);
    const path = incoming.url?.split('?', 1)[0];
    const record = {
      ...facts,
      mode: 'app',
      method: incoming.method ?? '',
      path,
      routeId: undefined,
      outcome: 'answered',
      rejected: undefined,
      subject: undefined,
    } as const;
    // Answers of our own are read without pause: a client that takes nothing for as long as the server's timeout is stuck.
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.once('close', () => {
      const status = outgoing.writableFinished ? outgoing.statusCode : CLIENT_WENT_AWAY;
      options.observer.observe(record, status, performance.now() - startedMs);
    });
    if (!answerDirectly(incoming, outgoing, forms, facts)) void listener(incoming, outgoing);
  };
}
