import { ok, type Result, refused } from '../lib/result.ts';

/** The parameters of a form body by name; those without a value are left out. */
export type FormParameters = ReadonlyMap<string, string>;

const ASCII = /^[\x20-\x7e]*$/;
const BEYOND_VISIBLE = /[^!-~]/;

/**
 * Reads a body of `application/x-www-form-urlencoded`. A parameter that stands twice is refused, and so is what has no single reading: bytes outside
 * ASCII, a bad escape, bad UTF-8. Parameters without a value count as not there. @see RFC 6749, section 3.2 and appendix B
 */
export function parseFormBody(text: string): Result<FormParameters, 'malformed' | 'repeated'> {
  const parameters = new Map<string, string>();
  const withoutValue = new Set<string>();
  const decode = isPlain(text) ? (plain: string) => plain : decodeFormText;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) return refused('malformed');
    if (parameters.has(name) || withoutValue.has(name)) return refused('repeated');
    if (value === '') withoutValue.add(name);
    else parameters.set(name, value);
  }
  return ok(parameters);
}

/** Undoes the form-urlencoding of one text; `undefined` for what is not so encoded. */
export function decodeFormText(text: string): string | undefined {
  if (isPlain(text)) return text;
  if (!ASCII.test(text)) return undefined;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Whether a text is as it was before its form-urlencoding, as most are, and above all the long ones. Two searches and a range take half as long as one set of characters. */
function isPlain(text: string): boolean {
  return !BEYOND_VISIBLE.test(text) && !text.includes('%') && !text.includes('+');
}
