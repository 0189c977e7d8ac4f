import { expect, it } from 'vitest';
import { createCores } from '../../../../src/adapters/http/cores.ts';
import { createHttpRevocationPoll } from '../../../../src/adapters/http/revocation-poll.ts';
import { createRevocationFeed } from '../../../../src/gateway/revocation/revocation-feed.ts';
import { createRevocationPolling } from '../../../../src/gateway/revocation/revocation-polling.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';

const MEBIBYTE = new Uint8Array(1024 * 1024).fill(0x20);
const BATCH = { cursor: 'c1', revocations: [{ kind: 'session', id: createId('session'), revoked_at_ms: 1 }] };

/** A poll of one core that answers with so many mebibytes of white space before the batch, and how much of it was taken. */
function setUp(mebibytes: number) {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent < mebibytes) controller.enqueue(MEBIBYTE);
        else controller.enqueue(new TextEncoder().encode(JSON.stringify(BATCH)));
        if (sent >= mebibytes) controller.close();
        sent += 1;
      },
    },
    { highWaterMark: 0 },
  );
  const cores = createCores(['http://core.test'], { id: 'edge', secret: 'a-secret-of-the-edge' });
  const poll = createHttpRevocationPoll(cores, { fetch: async () => new Response(body) });
  return { poll, sent: () => sent };
}

it('takes an answer of fifteen mebibytes', async () => {
  expect((await setUp(15).poll(undefined)).revocations).toHaveLength(1);
});

it('breaks an answer off that is longer than sixteen, and leaves the feed to ask about each token', async () => {
  const { poll, sent } = setUp(1000);
  const clock = createManualClock();
  const feed = createRevocationFeed({
    clock: clock.now,
    elapsed: clock.now,
    rememberSeconds: 900,
    graceMs: () => 60_000,
    log: silentLog,
  });
  const failures: unknown[] = [];
  const refresh = createRevocationPolling({
    feed,
    poll: (after) =>
      poll(after).catch((error: unknown) => {
        failures.push(error);
        throw error;
      }),
    clock: clock.now,
    log: silentLog,
    keepAlive: () => {},
  });
  await refresh();
  expect(failures).toEqual([expect.any(UnavailableError)]);
  expect(sent()).toBeLessThan(20);
  expect([feed.freshness(), feed.state().entries]).toEqual(['silent', 0]);
});
