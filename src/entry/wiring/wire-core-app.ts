import type { AnswerForm } from '../../adapters/node/server/direct-forms.ts';
import type { CoreApp } from '../../core/http/core-env.ts';
import { INTROSPECTION_PATH } from '../../core/http/oauth/answer-introspection.ts';
import type { RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import { createCallerAuthentication } from './caller-authentication.ts';
import { createTokenAuthentication } from './token-authentication.ts';
import type { WiredCore } from './wire-core.ts';
import type { Edge } from './wire-gateway.ts';

/** The HTTP side of a core. */
export interface WiredCoreApp {
  readonly app: CoreApp;
  /** What of it a server answers without the app; the app answers the same. */
  readonly forms: ReadonlyMap<string, AnswerForm>;
}

/** Wires the HTTP side of a core to the edge, by whose means callers and tokens are judged. */
export function wireCoreApp(
  { core }: WiredCore,
  edge: () => Edge,
  revocations: RevocationFeed,
): WiredCoreApp {
  const answerIntrospection = core.createIntrospection(createTokenAuthentication(edge, revocations));
  return {
    app: core.createApp(createCallerAuthentication(edge), answerIntrospection),
    forms: new Map([[INTROSPECTION_PATH, answerIntrospection]]),
  };
}
