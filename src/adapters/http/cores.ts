import { UnavailableError } from '../../lib/unavailable-error.ts';

/** The cores that a gateway asks, all of them on one database, and who it is to them. */
export interface Cores {
  readonly client: { readonly id: string; readonly secret: string };
  /** How long one of several may take, so that a request which waits for the answer gets to the next in time. */
  readonly timeoutMs: number;
  /**
   * Has one core after the other asked, beginning with the one that answered last, until one answers. An attempt that throws UnavailableError was not
   * answered; where all of them do, the last error is thrown.
   */
  ask<Answer>(attempt: (coreUrl: string) => Promise<Answer>): Promise<Answer>;
}

// A request waits for this answer; a core that needs longer is as good as down.
const TIMEOUT_MS = 3000;
const TIMEOUT_MIN_MS = 1000;

/** Creates them from their origins (`WARDGATE_CORE_URL`), at least one. Does NOT ask two at a time. */
export function createCores(coreUrls: readonly string[], client: Cores['client']): Cores {
  if (coreUrls.length === 0) throw new Error('there is no core to ask');
  let answeredLast = 0;
  return {
    client,
    timeoutMs: Math.max(TIMEOUT_MIN_MS, TIMEOUT_MS / coreUrls.length),
    async ask(attempt) {
      const first = answeredLast;
      const order = [...coreUrls.keys()].map((offset) => (first + offset) % coreUrls.length);
      let failure: unknown;
      for (const index of order) {
        try {
          const answer = await attempt(coreUrls[index] as string);
          answeredLast = index;
          return answer;
        } catch (error) {
          if (!(error instanceof UnavailableError)) throw error;
          failure = error;
        }
      }
      throw failure;
    },
  };
}

/** Our credential as HTTP Basic. @see RFC 7617 */
export function basicCredential({ id, secret }: Cores['client']): string {
  return `Basic ${btoa(`${id}:${secret}`)}`;
}
