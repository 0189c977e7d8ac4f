import { createClient, ErrorReply } from 'redis';
import type { Log } from '../../lib/log.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { withDeadline } from '../../lib/with-deadline.ts';

/** The client of the driver. */
export type RedisClient = ReturnType<typeof openClient>;

/** A connection to Redis that nothing waits for. */
export interface RedisLink {
  /**
   * Asks Redis. Throws UnavailableError ('redis') at once while it is away, and else when no answer came in time; whoever asks has another way. Does NOT
   * tell whether a command whose answer was lost had its effect.
   */
  ask<Value>(command: (client: RedisClient) => Promise<Value>): Promise<Value>;
  /** Whether Redis answered last. */
  isThere(): boolean;
  /** How many questions got no answer from Redis since the start. */
  missed(): number;
  close(): void;
}

/** What it takes to connect. */
export interface RedisLinkOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  readonly log: Log;
  /** Default 250 ms: far more than Redis needs, and what one request may lose to a Redis that hangs. */
  readonly answerTimeoutMs?: number;
}

const ANSWER_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_DELAY_MS = 500;
// A connection that says nothing for so long may be one whose other end is gone; the system would tell after a quarter of an hour.
const HANGING_MS = 5_000;
const LATE = 'no answer in time';

/** Connects to Redis, and again whenever it was away. Its loss is logged once, and so is its return. Does NOT wait for the first connection. */
export function connectRedis(options: RedisLinkOptions): RedisLink {
  const { answerTimeoutMs = ANSWER_TIMEOUT_MS } = options;
  const news = createRedisNews(options.log);
  const connection = keepConnection(options.url, news);
  let missed = 0;

  function suspect(): Error {
    connection.suspect();
    return new UnavailableError('redis', `redis gave no answer within ${answerTimeoutMs} ms`);
  }

  return {
    async ask(command) {
      try {
        if (!connection.isThere()) throw new UnavailableError('redis', 'there is no connection to redis');
        return await withDeadline(command(connection.client()), answerTimeoutMs, suspect);
      } catch (error) {
        missed += 1;
        if (error instanceof UnavailableError) throw error;
        if (error instanceof ErrorReply) news.refused(reasonOf(error));
        throw new UnavailableError('redis', 'redis refused or broke off', { cause: error });
      }
    },
    isThere: connection.isThere,
    missed: () => missed,
    close: connection.close,
  };
}

/** A connection that is made again whenever it breaks or hangs. */
interface KeptConnection {
  client(): RedisClient;
  isThere(): boolean;
  /** An answer is late. Until Redis answers again nothing else is asked: it may be slow, or the connection broken without a word. */
  suspect(): void;
  close(): void;
}

function keepConnection(url: string, news: RedisNews): KeptConnection {
  let client = open();
  let hanging = setTimeout(openAnew, HANGING_MS);

  function open(): RedisClient {
    const opened = openClient(url);
    opened.on('error', (error: unknown) => lost(reasonOf(error)));
    opened.on('ready', found);
    // Tries until it is closed, and tells of each failure above.
    opened.connect().catch(() => undefined);
    return opened;
  }

  function openAnew(): void {
    lost(LATE);
    client.destroy();
    client = open();
    hanging = setTimeout(openAnew, HANGING_MS);
  }

  function lost(because: string): void {
    if (news.isAway()) return;
    news.lost(because);
    clearTimeout(hanging);
    hanging = setTimeout(openAnew, HANGING_MS);
  }

  function found(): void {
    clearTimeout(hanging);
    news.found();
  }

  return {
    client: () => client,
    isThere: () => !news.isAway() && client.isReady,
    suspect() {
      lost(LATE);
      client.ping().then(found, () => undefined);
    },
    close() {
      clearTimeout(hanging);
      client.destroy();
    },
  };
}

/** Whether Redis is away, as the log was told it last. */
interface RedisNews {
  isAway(): boolean;
  lost(because: string): void;
  found(): void;
  refused(because: string): void;
}

/** Tells the log of Redis: a change of state once, and each kind of refusal once a connection. */
function createRedisNews(log: Log): RedisNews {
  let isAway = false;
  const refusals = new Set<string>();
  return {
    isAway: () => isAway,
    lost(because) {
      isAway = true;
      log.warn('redis is away: each process counts limits for itself', { because });
    },
    found() {
      if (isAway) log.info('redis is back');
      isAway = false;
      refusals.clear();
    },
    // A Redis that is full, or only a replica, refuses each time, but answers.
    refused(because) {
      if (refusals.has(because)) return;
      refusals.add(because);
      log.warn('redis refuses to count: each process counts for itself what it refuses', { because });
    },
  };
}

function openClient(url: string) {
  return createClient({
    url,
    // Commands of a time when Redis was away would be counted late, after they were counted elsewhere.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: () => RECONNECT_DELAY_MS },
  });
}

/** What the log may say of a failure: a code of the system or of Redis, never a text that could quote the address with its password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{3,}\b/.exec(error.message)?.[0] ?? error.constructor.name;
}
