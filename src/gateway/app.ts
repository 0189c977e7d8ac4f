/** What the runtime tells the app of a request besides the request. */
export interface AppFacts {
  /** Made by us for this request; named in answers and logs. */
  readonly requestId: string;
  /** By the rule of trusted proxies; `undefined` where it cannot be told. */
  readonly clientAddress: string | undefined;
  /** Is told the stable reason of a refusal: the `code` of the problem document, or OAuth's `error`. What it was told last counts. */
  readonly refused?: (code: string) => void;
}

/** The app behind Wardgate's own paths, as both transports call it. */
export type App = (request: Request, facts: AppFacts) => Response | Promise<Response>;
