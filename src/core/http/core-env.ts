import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Session } from '../sessions/session-store.ts';
import type { User } from '../users/user-store.ts';

/** What the runtime knows of a request besides the request; the second argument of the app's `fetch` and the third of `request`. */
export interface RequestFacts {
  /** Made by us for this request; named in answers and logs. */
  readonly requestId: string;
  /** The client's address by the rule of trusted proxies; `undefined` where it cannot be told. */
  readonly clientAddress: string | undefined;
  /** Is told what a request was refused with, for the log: the `code` of its problem document, or OAuth's `error`. What it was told last counts. */
  readonly refused?: (code: string) => void;
}

/** The caller of a request as it stands in the stores at this moment. */
export interface ActiveCaller {
  readonly user: User;
  readonly session: Session;
  readonly fromCookie: boolean;
}

/** Hono's environment of the core app. */
export interface CoreEnv {
  Bindings: RequestFacts;
  Variables: {
    caller: ActiveCaller;
    /** Why the request was refused: the code of its problem document. */
    problem: string | undefined;
  };
}

/** The core as an app: `app.fetch(request, facts)`. */
export type CoreApp = OpenAPIHono<CoreEnv>;
