/** Seconds in a minute, for durations written as `15 * MINUTE_SECONDS`. */
export const MINUTE_SECONDS = 60;
/** Seconds in an hour. */
export const HOUR_SECONDS = 60 * MINUTE_SECONDS;
/** Seconds in a day. */
export const DAY_SECONDS = 24 * HOUR_SECONDS;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration such as `250ms`, `10s`, `15m`, `8h` or `30d` as milliseconds; `undefined` for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unitMs = match?.[2] === undefined ? undefined : UNIT_MS[match[2]];
  return match === null || unitMs === undefined ? undefined : Number(match[1]) * unitMs;
}

/** The clock as a parameter: milliseconds since the Unix epoch. */
export type Clock = () => number;

/** The timer as a parameter: calls once after a delay, and answers with what calls it off. */
export type Timer = (call: () => void, delayMs: number) => () => void;
