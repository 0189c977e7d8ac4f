import { startWardgateProcess, type WardgateProcess } from '../wardgate/wardgate-process.ts';

/** How a process is ended. */
export type Ending = 'SIGTERM' | 'SIGKILL';

/** One of several processes of Wardgate, which may go and come back at the same address. */
export interface Replica {
  readonly name: string;
  readonly origin: string;
  /** When it was not there to take requests, in milliseconds of `performance.now()`; the last may still go on, until infinity. */
  readonly absences: readonly Absence[];
  end(how: Ending): Promise<void>;
  start(): Promise<void>;
  /** What it has written since it was started last. */
  output(): string;
}

/** A time when a replica was away. */
export interface Absence {
  readonly fromMs: number;
  untilMs: number;
  readonly how: Ending;
}

/** Starts a replica on a free port, which it keeps. */
export async function startReplica(name: string, env: Readonly<Record<string, string>>): Promise<Replica> {
  let running: WardgateProcess = await startWardgateProcess(env);
  const port = String(running.port);
  const absences: Absence[] = [];
  return {
    name,
    origin: `http://127.0.0.1:${port}`,
    absences,
    async end(how) {
      absences.push({ fromMs: performance.now(), untilMs: Number.POSITIVE_INFINITY, how });
      await (how === 'SIGTERM' ? running.stop() : running.kill());
    },
    async start() {
      running = await startWardgateProcess({ ...env, PORT: port });
      const absence = absences.at(-1);
      if (absence !== undefined) absence.untilMs = performance.now();
    },
    output: () => running.output(),
  };
}
