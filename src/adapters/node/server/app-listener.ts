import type { IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { App, AppFacts } from '../../../gateway/app.ts';
import { CLIENT_WENT_AWAY } from '../../../gateway/handling.ts';
import { type AnswerForm, answerDirectly } from './direct-forms.ts';
import type { OwnRequest } from './own-request.ts';

/** Creates what answers Wardgate's own paths: forms at some paths by themselves, everything else as a Web request for the app, whose answer is written back. */
export function createAppListener(
  app: App,
  forms: ReadonlyMap<string, AnswerForm> = new Map(),
): (request: OwnRequest) => void {
  const factsOf = new WeakMap<IncomingMessage, AppFacts>();
  const listener = getRequestListener((request, { incoming }) => {
    const facts = factsOf.get(incoming as IncomingMessage);
    if (facts === undefined) throw new Error('a request reached the app around its listener');
    return app(request, facts);
  });

  return (request) => {
    if (answerDirectly(request, forms)) return;
    const { incoming, outgoing, facts, done } = request;
    let code: string | undefined;
    const refused = (told: string) => {
      code = told;
    };
    factsOf.set(incoming, { ...facts, refused });
    // Answers of our own are read without pause: a client that takes nothing for as long as the server's timeout is stuck.
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.once('close', () =>
      outgoing.writableFinished ? done(outgoing.statusCode, code) : done(CLIENT_WENT_AWAY),
    );
    void listener(incoming, outgoing);
  };
}
