import { describe, expect, it } from 'vitest';
import { createMailQueue, type DeliveryOutcome } from '../../../../src/adapters/smtp/mail-queue.ts';
import type { LogFields } from '../../../../src/lib/log.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { testMail } from '../../../support/core/mails.ts';
import { createSteeredTimer, fire, settle } from '../../../support/time/steered-timer.ts';

const FAILED: DeliveryOutcome = { kind: 'failed', because: 'ECONNECTION' };

/** A queue whose attempts wait for the test to say what came of them. */
function startQueue() {
  const { timer, timers } = createSteeredTimer();
  const attempts: { to: string; messageId: string; end(outcome: DeliveryOutcome): Promise<void> }[] = [];
  const logged: (LogFields | undefined)[] = [];
  const queue = createMailQueue({
    timer,
    log: {
      ...silentLog,
      warn: (_, fields) => logged.push(fields),
      error: (_, fields) => logged.push(fields),
    },
    deliver: ({ to }, messageId) =>
      new Promise((resolve) => {
        const end = (outcome: DeliveryOutcome) => {
          resolve(outcome);
          return settle();
        };
        attempts.push({ to, messageId, end });
      }),
  });
  const send = (to: string) => queue.send(testMail({ to }));
  return { queue, send, timers, attempts, logged };
}

describe('mail queue', () => {
  it('returns from send before any attempt, and makes two attempts at once, in order', async () => {
    const { send, attempts, queue } = startQueue();
    for (const to of ['a@x.test', 'b@x.test', 'c@x.test']) send(to);
    expect(attempts).toEqual([]);
    await settle();
    expect(attempts.map(({ to }) => to)).toEqual(['a@x.test', 'b@x.test']);
    await attempts[1]?.end({ kind: 'sent' });
    expect(attempts.map(({ to }) => to)).toEqual(['a@x.test', 'b@x.test', 'c@x.test']);
    expect(queue.counts()).toEqual({ sent: 1, lost: 0, retried: 0 });
  });

  it('makes five attempts over some minutes under one message id, then logs the loss without a word of the mail', async () => {
    const { send, attempts, timers, logged, queue } = startQueue();
    send('a@x.test');
    await settle();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await attempts.at(-1)?.end(FAILED);
      delays.push(await fire(timers));
    }
    await attempts.at(-1)?.end(FAILED);
    expect(delays).toEqual([1_000, 10_000, 60_000, 300_000]);
    expect(timers).toEqual([]);
    expect(new Set(attempts.map(({ messageId }) => messageId)).size).toBe(1);
    expect(logged.at(-1)).toMatchObject({ kind: 'password_reset', attempts: 5, because: 'ECONNECTION' });
    expect(JSON.stringify(logged)).not.toMatch(/a@x\.test|secret-of-the-link/);
    expect(queue.counts()).toEqual({ sent: 0, lost: 1, retried: 4 });
  });

  it('does not try again what the server refuses', async () => {
    const { send, attempts, timers, logged } = startQueue();
    send('a@x.test');
    await settle();
    await attempts[0]?.end({ kind: 'refused', because: 'EENVELOPE 550' });
    expect(timers).toEqual([]);
    expect(logged).toEqual([expect.objectContaining({ because: 'EENVELOPE 550', attempts: 1 })]);
  });

  it('lets other mails pass one that waits for its next attempt', async () => {
    const { send, attempts } = startQueue();
    send('a@x.test');
    await settle();
    await attempts[0]?.end(FAILED);
    send('b@x.test');
    await settle();
    expect(attempts.at(-1)?.to).toBe('b@x.test');
  });

  it('takes a thousand mails at most, and logs each that is beyond', async () => {
    const { send, attempts, logged, queue } = startQueue();
    for (let index = 0; index < 1002; index += 1) send(`u${index}@x.test`);
    expect(logged.map((fields) => fields?.because)).toEqual(['queue_full', 'queue_full']);
    await settle();
    await attempts[0]?.end({ kind: 'sent' });
    send('later@x.test');
    expect(queue.counts()).toEqual({ sent: 1, lost: 2, retried: 0 });
  });
});

describe('the stop of a mail queue', () => {
  it('attempts at once what waits for its next attempt, and does not wait for a next one', async () => {
    const { queue, send, attempts, timers, logged } = startQueue();
    send('a@x.test');
    send('b@x.test');
    await settle();
    await attempts[0]?.end(FAILED);
    await attempts[1]?.end(FAILED);
    const stopping = queue.stop();
    await settle();
    await attempts[2]?.end({ kind: 'sent' });
    await attempts[3]?.end(FAILED);
    await stopping;
    expect(timers).toEqual([]);
    expect(queue.counts()).toEqual({ sent: 1, lost: 1, retried: 2 });
    expect(logged.at(-1)).toMatchObject({ because: 'ECONNECTION' });
  });

  it('gives up after five seconds and logs each mail once, whatever comes of it later', async () => {
    const { queue, send, attempts, timers, logged } = startQueue();
    for (const to of ['a@x.test', 'b@x.test', 'c@x.test']) send(to);
    await settle();
    const stopping = queue.stop();
    expect(await fire(timers)).toBe(5_000);
    await stopping;
    expect(logged.map((fields) => fields?.because)).toEqual(['stopped', 'stopped', 'stopped']);
    await attempts[0]?.end(FAILED);
    await attempts[1]?.end({ kind: 'sent' });
    expect(logged).toHaveLength(3);
    expect(attempts).toHaveLength(2);
  });

  it('takes no mail afterwards', async () => {
    const { queue, send, attempts, logged } = startQueue();
    await queue.stop();
    send('a@x.test');
    await settle();
    expect(attempts).toEqual([]);
    expect(logged).toEqual([expect.objectContaining({ because: 'stopped' })]);
  });
});
