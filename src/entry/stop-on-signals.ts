import type { Log } from '../lib/log.ts';

// Stopping waits for requests and for Postgres, each bounded; this is for whatever hangs beyond that.
const STOP_TIMEOUT_MS = 20_000;

/** Stops a process at SIGINT and SIGTERM, once; a second signal ends it at once. */
export function stopOnSignals(stop: () => Promise<void>, log: Log): void {
  let isStopping = false;
  const onSignal = async (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info('stopping', { signal });
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    try {
      await stop();
    } catch (error) {
      log.error('stopping failed', { error: error instanceof Error ? error.message : 'unknown' });
      process.exit(1);
    }
    process.exit(0);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
