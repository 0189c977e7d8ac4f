import type { FollowRevocations, RevocationBatch } from '../../identity/revocation.ts';
import type { Clock, Timer } from '../../lib/durations.ts';
import { failureFields } from '../../lib/failure-fields.ts';
import type { Log } from '../../lib/log.ts';
import { withDeadline } from '../../lib/with-deadline.ts';
import { createLogClock } from './log-clock.ts';
import { createRevocationFollower, type RevocationFollower } from './revocation-follower.ts';
import type { RevocationLog } from './revocation-log.ts';
import { type RevocationReader, startRevocationReader } from './revocation-reader.ts';

// Whoever revoked something waits until this process has heard of it, which takes some milliseconds, and not for a database that hangs when it is done.
const TOLD_WITHIN_MS = 1000;

/** What the metrics tell of the log's followers. */
export interface RevocationActivity {
  /** How many follow. */
  followers(): number;
  /** How many revocations the reader found, whoever was told of them. */
  told(): number;
  /** How long ago the log was read last; `undefined` before the first time. */
  readAgeSeconds(): number | undefined;
}

/** The log of revocations for all who follow it in this process. */
export interface RevocationFollowing {
  readonly follow: FollowRevocations;
  readonly activity: RevocationActivity;
  /** The time of what is issued: now, and no later than the log would say. */
  readonly issueClock: Clock;
  /** Lets all followers hear what was appended until now, as far as it can be read within a second; at once where nothing was started. */
  readNow(): Promise<void>;
  /** Starts to read: until then followers get what there is and nothing more. Answers with what stops it, which has to be over before the log closes. */
  start(timer: Timer): () => Promise<void>;
}

/** Creates the following: however many follow, new rows are read once for the process. A follower that throws is logged and keeps no other from hearing. */
export function createFollowRevocations(options: {
  readonly revocationLog: RevocationLog;
  readonly clock: Clock;
  readonly log: Log;
}): RevocationFollowing {
  const { revocationLog, clock, log } = options;
  const logClock = createLogClock(options);
  const followers = new Set<RevocationFollower>();
  let toldCount = 0;
  let readAtMs: number | undefined;
  let reader: RevocationReader | undefined;

  function tell(batch: RevocationBatch): void {
    readAtMs = clock();
    toldCount += batch.revocations.length;
    for (const follower of followers) follower.tell(batch);
  }

  return {
    follow(after, take) {
      const follower = createRevocationFollower({
        catchUp: () => logClock.read(after),
        take: orLogged(take, log),
      });
      followers.add(follower);
      return () => {
        followers.delete(follower);
        follower.stop();
      };
    },
    issueClock: logClock.now,
    activity: {
      followers: () => followers.size,
      told: () => toldCount,
      readAgeSeconds: () => (readAtMs === undefined ? undefined : (clock() - readAtMs) / 1000),
    },
    readNow: () => atMostASecond(reader?.readNow() ?? Promise.resolve()),
    start(timer) {
      reader = startRevocationReader({
        read: logClock.read,
        onAppended: revocationLog.onAppended,
        tell,
        timer,
        log,
      });
      return reader.stop;
    },
  };
}

function orLogged(take: (batch: RevocationBatch) => void, log: Log): (batch: RevocationBatch) => void {
  return (batch) => {
    try {
      take(batch);
    } catch (error) {
      log.error('a follower of the log of revocations failed', failureFields(error));
    }
  };
}

async function atMostASecond(reading: Promise<void>): Promise<void> {
  const late = () => new Error('the log of revocations is read slowly');
  await withDeadline(reading, TOLD_WITHIN_MS, late).catch(() => undefined);
}
