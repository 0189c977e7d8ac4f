import { ok, type Result, refused } from '../lib/result.ts';

/** Header fields as services have them: the Fetch Standard's `Headers`, or an object such as Node's `request.headers`. */
export type HeadersLike =
  | Pick<Headers, 'get'>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the one value of a header field; `undefined` where it is not there. The name is given in lower case; case alone does not tell names
 * apart. Refuses a field that is seen to stand there more than once. Does NOT see repetitions that were joined to one value with commas.
 */
export function headerValueOf(
  headers: HeadersLike,
  lowerCaseName: string,
): Result<string | undefined, 'header_repeated'> {
  if (isFetchHeaders(headers)) return ok(headers.get(lowerCaseName) ?? undefined);
  const values: string[] = [];
  for (const name of Object.keys(headers)) {
    // Lengths first: most names differ there.
    if (name.length !== lowerCaseName.length || name.toLowerCase() !== lowerCaseName) continue;
    const value = headers[name];
    if (value === undefined) continue;
    if (typeof value === 'string') values.push(value);
    else values.push(...value);
  }
  return values.length > 1 ? refused('header_repeated') : ok(values[0]);
}

function isFetchHeaders(headers: HeadersLike): headers is Pick<Headers, 'get'> {
  // By its method: a runtime may have several classes called Headers. A header called `get` has a text.
  return typeof headers.get === 'function';
}
