import type { HeaderFields } from '../inbound-request.ts';
import { addConnectionTokens, withoutFields } from './connection-tokens.ts';
import { withoutOwnCookies } from './own-cookies.ts';
import { createRequestHeaderRules, type RequestHeaderRule } from './request-header-rule.ts';

/** A request's header fields, sorted into what an upstream may see as it is and what has to be read first. */
export interface SortedHeaders {
  /** Name, value, …: everything that passes, in order. */
  passed: string[];
  host: string | undefined;
  hostCount: number;
  forwardedFor: string[] | undefined;
  /** `undefined` also when it was repeated: then it has no single reading. */
  forwardedProto: string | undefined;
  forwardedHost: string | undefined;
  hasUpgrade: boolean;
  /** As written; `undefined` where the body, if there is one, comes as it is. */
  transferCoding: string | undefined;
}

const ruleFor = createRequestHeaderRules();
/** What `Connection` says of the connection itself; names no field that is not dropped anyway. */
const PLAIN_CONNECTION = /^(?:keep-alive|close|upgrade|keep-alive, *upgrade)$/i;
/** Told apart from any value that a client can send, so that a third repetition stays refused. */
const REPEATED = '\n';

/**
 * Sorts a request's header fields in one pass: hop-by-hop fields, fields that `Connection` names, every spelling of our own fields, our
 * cookies and method overrides are dropped. Does NOT add anything; whoever adds our fields does it afterwards, so that
 * `Connection: X-User-Id` cannot take them away (CVE-2024-45410 and CVE-2026-29054, Traefik).
 */
export function sortRequestHeaders(headers: HeaderFields, forwardCredential: boolean): SortedHeaders {
  const sorted: SortedHeaders = {
    passed: [],
    host: undefined,
    hostCount: 0,
    forwardedFor: undefined,
    forwardedProto: undefined,
    forwardedHost: undefined,
    hasUpgrade: false,
    transferCoding: undefined,
  };
  let nominated: Set<string> | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    const rule = ruleFor(name);
    if (rule === 'pass') sorted.passed.push(name, value);
    else if (rule === 'connection') {
      if (PLAIN_CONNECTION.test(value)) continue;
      nominated ??= new Set();
      addConnectionTokens(value, nominated);
    } else if (rule === 'authorization') {
      if (forwardCredential) sorted.passed.push(name, value);
    } else if (rule !== 'drop') readField(sorted, rule, name, value);
  }
  if (nominated !== undefined) sorted.passed = withoutFields(sorted.passed, nominated);
  if (sorted.forwardedProto === REPEATED) sorted.forwardedProto = undefined;
  if (sorted.forwardedHost === REPEATED) sorted.forwardedHost = undefined;
  return sorted;
}

type ReadRule = Exclude<RequestHeaderRule, 'pass' | 'drop' | 'connection' | 'authorization'>;

function readField(sorted: SortedHeaders, rule: ReadRule, name: string, value: string): void {
  switch (rule) {
    case 'host':
      sorted.host = value;
      sorted.hostCount += 1;
      return;
    case 'upgrade':
      sorted.hasUpgrade = true;
      return;
    case 'te':
      if (value.toLowerCase() === 'trailers') sorted.passed.push(name, value);
      return;
    case 'transfer_encoding':
      sorted.transferCoding = sorted.transferCoding === undefined ? value : REPEATED;
      return;
    case 'cookie': {
      const kept = withoutOwnCookies(value);
      if (kept !== undefined) sorted.passed.push(name, kept);
      return;
    }
    case 'forwarded_for':
      sorted.forwardedFor ??= [];
      sorted.forwardedFor.push(value);
      return;
    case 'forwarded_proto':
      sorted.forwardedProto = sorted.forwardedProto === undefined ? value : REPEATED;
      return;
    case 'forwarded_host':
      sorted.forwardedHost = sorted.forwardedHost === undefined ? value : REPEATED;
      return;
  }
}
