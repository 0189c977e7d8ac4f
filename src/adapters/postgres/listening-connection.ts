import type { Log } from '../../lib/log.ts';
import { withDeadline } from '../../lib/with-deadline.ts';
import { openDriverPool } from './driver-pool.ts';

/** Who is told what by Postgres. */
export interface Listening {
  readonly channel: string;
  readonly notified: () => void;
  /** Called each time that listening begins: what was told before, nobody heard. */
  readonly begun: () => void;
}

// The server that is back should be heard at once; one that stays away costs a try each time.
const RETRY_MS = 250;
const CONNECT_TIMEOUT_SECONDS = 5;
const BEGIN_TIMEOUT_MS = 7_000;

/**
 * Listens to a channel on a connection of its own, and again on a new one whenever that is lost. Answers with what ends it. The driver's own `listen` gives a channel
 * up for good when the server is still away at the first try, and a connection that broke may not be used again: so each try has its own.
 * @see PostgreSQL manual, LISTEN
 */
export function openListeningConnection(options: {
  readonly url: string;
  readonly listening: Listening;
  readonly log: Log;
}): () => Promise<void> {
  const { url, listening, log } = options;
  let isClosed = false;
  let isHeard = true;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let end: () => Promise<void> = async () => {};

  function lost(): void {
    if (isClosed) return;
    if (isHeard) log.warn('the connection that listens was lost', { channel: listening.channel });
    isHeard = false;
    retry = setTimeout(open, RETRY_MS);
  }

  function begun(): void {
    if (!isHeard) log.info('the database is listened to again', { channel: listening.channel });
    isHeard = true;
    listening.begun();
  }

  function open(): void {
    end = connectOnce(url, { ...listening, begun }, lost);
  }

  open();
  return async () => {
    isClosed = true;
    clearTimeout(retry);
    await end();
  };
}

/** Listens until the connection is lost, of which it tells once. */
function connectOnce(url: string, listening: Listening, lost: () => void): () => Promise<void> {
  let isOver = false;
  const { sql, end } = openDriverPool(url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    fetch_types: false,
    onnotice: () => {},
    onnotify: () => {
      if (!isOver) listening.notified();
    },
    onclose: lose,
    connection: { application_name: 'wardgate-listener' },
  });

  function lose(): void {
    if (isOver) return;
    isOver = true;
    void end();
    lost();
  }

  async function begin(): Promise<void> {
    const late = () => new Error('the database did not begin to tell in time');
    try {
      await withDeadline(sql`listen ${sql(listening.channel)}`, BEGIN_TIMEOUT_MS, late);
      if (!isOver) listening.begun();
    } catch {
      lose();
    }
  }

  void begin();
  return async () => {
    isOver = true;
    await end();
  };
}
