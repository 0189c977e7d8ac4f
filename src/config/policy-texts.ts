import { z } from 'zod';
import { createTrustedProxies } from '../gateway/client/trusted-proxies.ts';
import { parseRoutePattern } from '../gateway/routes/route-pattern.ts';
import { AUDIENCE } from '../identity/audience.ts';
import { isRoleName } from '../identity/role-name.ts';
import { HOUR_SECONDS, MINUTE_SECONDS, parseDurationMs } from '../lib/durations.ts';
import { type Result, refused } from '../lib/result.ts';
import { webAddressFault } from './web-address.ts';

/**
 * A text of the policy file with a rule. `title` names the kind of text in the reference; `fault` says what was expected, or nothing
 * where the text is fine. A pattern is for editors only; the rule decides.
 */
function ruledText(title: string, fault: (text: string) => string | undefined, pattern?: string) {
  return textOf(title)
    .check((context) => {
      const expected = fault(context.value);
      if (expected !== undefined) {
        context.issues.push({ code: 'custom', input: context.value, message: `expected ${expected}` });
      }
    })
    .meta(pattern === undefined ? { title } : { title, pattern });
}

/** A text that the gateway has a parser for, which says best what was wrong: its reason is the whole message. */
function parsedText(title: string, parse: (text: string) => Result<unknown, string>) {
  return textOf(title)
    .check((context) => {
      const parsed = parse(context.value);
      if (parsed.ok) return;
      const message = parsed.reason.replace(', got ', ', found ');
      context.issues.push({ code: 'custom', input: context.value, message, params: { complete: true } });
    })
    .meta({ title });
}

function textOf(title: string) {
  return z.string({ error: title === 'text' ? 'expected a text' : `expected a text (${title})` });
}

function matchingText(title: string, pattern: RegExp, expected: string) {
  return ruledText(title, (text) => (pattern.test(text) ? undefined : expected), pattern.source);
}

/** The name of an issuer, upstream or route; it appears in logs and metrics. */
export const nameText = matchingText(
  'name',
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
  'a name: letters, digits, "_", "." and "-", at most 64',
);

/** A role name. */
export const roleText = ruledText(
  'role',
  (text) => (isRoleName(text) ? undefined : 'a role name: lower-case letters, digits, "_", ".", ":" and "-"'),
  '^[a-z0-9][a-z0-9_.:-]*$',
);

/** One scope. @see RFC 6749, section 3.3 (scope-token) */
export const scopeText = matchingText(
  'scope',
  /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/,
  'a scope: visible characters without space, quote and backslash',
);

/** A request method. CONNECT and TRACE are refused everywhere and cannot be listed. */
export const methodText = ruledText(
  'method',
  (text) => {
    if (text === 'CONNECT' || text === 'TRACE')
      return 'another method (CONNECT and TRACE are never let through)';
    return /^[A-Z]+(?:-[A-Z]+)*$/.test(text) ? undefined : 'a method in capitals, such as GET';
  },
  '^[A-Z]+(-[A-Z]+)*$',
);

/** Addresses of proxies in CIDR notation, none broader than the broadest private range, so that no two of them are everyone either. */
export const cidrText = parsedText('CIDR', (text) => {
  const parsed = createTrustedProxies([text]);
  const prefixMin = cidrPrefixMin(text);
  if (!parsed.ok || !text.includes('/') || Number(text.split('/')[1]) >= prefixMin) return parsed;
  return refused(
    `expected a range of known proxies (a prefix of at least /${prefixMin}), got ${JSON.stringify(text)}`,
  );
});

/** 10.0.0.0/8 and fc00::/7 are the broadest private ranges (RFC 1918, section 3; RFC 4193, section 3.1). */
function cidrPrefixMin(text: string): number {
  if (!text.includes(':')) return 8;
  // What begins with zeros may hold the IPv4 addresses, in the last 32 bits.
  return text.startsWith('::') || text.startsWith('0') ? 96 + 8 : 7;
}

/** A route's path pattern. */
export const patternText = parsedText('path pattern', parseRoutePattern);

/** What an issuer writes into `aud` for us. */
export const audienceText = ruledText('text', (text) =>
  AUDIENCE.test(text) ? undefined : 'an audience: visible characters without spaces',
);

/** A JWT type, or `missing` for a token without one. */
export const tokenTypeText = matchingText(
  'token type',
  /^(?:application\/)?[A-Za-z0-9][A-Za-z0-9+.-]*$/,
  'a token type such as at+jwt, or "missing"',
);

/** A claim's place: member names joined by dots. */
export const claimPathText = ruledText('claim', (text) =>
  text.split('.').every((name) => name !== '') ? undefined : 'a claim such as realm_access.roles',
);

/** A text that must not be empty. */
export const someText = ruledText('text', (text) => (text === '' ? 'a text that is not empty' : undefined));

/** The address of a service behind the gateway. */
export const upstreamUrlText = ruledText('address', (text) =>
  webAddressFault(text, { plainOnLoopbackOnly: false, path: 'allowed', query: 'none' }),
);

/** An issuer's identifier. @see RFC 8414, section 2 (https, no query, no fragment) */
export const issuerUrlText = ruledText('address', (text) =>
  webAddressFault(text, { plainOnLoopbackOnly: true, path: 'allowed', query: 'none' }),
);

/** The address of a key set. */
export const keySetUrlText = ruledText('address', (text) =>
  webAddressFault(text, { plainOnLoopbackOnly: true, path: 'allowed', query: 'allowed' }),
);

/** The origin of a web page, as browsers write it in `Origin`. */
export const originText = ruledText('origin', (text) => {
  const fault = webAddressFault(text, { plainOnLoopbackOnly: true, path: 'none', query: 'none' });
  if (fault !== undefined) return fault;
  const origin = new URL(text).origin;
  return origin === text ? undefined : `an origin as browsers write it: ${origin}`;
});

/** A duration between two limits; the least one is a millisecond where nothing else is said. */
export function durationText(secondsMax: number, secondsMin = 0.001) {
  return ruledText(
    'duration',
    (text) => {
      const milliseconds = parseDurationMs(text);
      if (milliseconds === undefined) return 'a duration such as 250ms, 10s or 15m';
      return milliseconds >= secondsMin * 1000 && milliseconds <= secondsMax * 1000
        ? undefined
        : `a duration from ${writeDuration(secondsMin)} to ${writeDuration(secondsMax)}`;
    },
    '^[0-9]{1,9}(ms|s|m|h|d)$',
  );
}

function writeDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  if (seconds % HOUR_SECONDS === 0) return `${seconds / HOUR_SECONDS}h`;
  return seconds % MINUTE_SECONDS === 0 ? `${seconds / MINUTE_SECONDS}m` : `${seconds * 1000}ms`;
}
