import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Pool } from 'undici';
import type { ForwardExchange } from '../../gateway/proxy/forward-exchange.ts';
import type { EventBorder } from '../../gateway/streams/event-border.ts';
import type { OpenStreams } from '../../gateway/streams/open-streams.ts';
import type { StreamEnd } from '../../gateway/streams/stream-end.ts';
import type { Timer } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';

/** What Node's server hands over to be carried to an upstream. */
export type NodeExchange = ForwardExchange<IncomingMessage, ServerResponse>;

/** What is known of a request under way. */
export interface Forwarding {
  readonly exchange: NodeExchange;
  readonly pool: Pool;
  readonly streams: OpenStreams;
  readonly timer: Timer;
  readonly log: Log;
  /** Of the attempt under way; `undefined` until it has a connection. */
  abortUpstream: ((reason: Error) => void) | undefined;
  /** Lets the upstream go on after it had to wait. */
  resumeUpstream: (() => void) | undefined;
  body: Readable | undefined;
  retried: boolean;
  /** The response's head is on its way to the client. */
  started: boolean;
  /** It was handed to the connection; until then it waits for a body to go with. */
  flushed: boolean;
  /** The first body bytes, which wait with the head: perhaps they are all. */
  held: Buffer | undefined;
  /** Nothing more is to be written: the response was ended, broken off, answered in the upstream's place, or nobody is there. */
  over: boolean;
  /** The response was cut short by the upstream. */
  brokenOff: boolean;
  /** The upstream waits for the client to read. */
  paused: boolean;
  watchingIdle: boolean;
  /** Whether the response is a stream of events. */
  isStream: boolean;
  /** Where the response is a stream of events to which one of ours can be added: where in it we are. */
  events: EventBorder | undefined;
  /** The event that ends the stream as soon as the one under way has ended. */
  lastEvent: string | undefined;
  /** Why it was ended before its time. */
  ended: StreamEnd | undefined;
  /** Takes it out of the register of open streams. */
  leave: () => void;
}

/** Begins the record of a request under way. */
export function createForwarding(
  exchange: NodeExchange,
  pool: Pool,
  { streams, timer, log }: Pick<Forwarding, 'streams' | 'timer' | 'log'>,
): Forwarding {
  return {
    exchange,
    pool,
    streams,
    timer,
    log,
    abortUpstream: undefined,
    resumeUpstream: undefined,
    body: undefined,
    retried: false,
    started: false,
    flushed: false,
    held: undefined,
    over: false,
    brokenOff: false,
    paused: false,
    watchingIdle: false,
    isStream: false,
    events: undefined,
    lastEvent: undefined,
    ended: undefined,
    leave() {},
  };
}
