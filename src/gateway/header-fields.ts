import type { HeaderFields } from './inbound-request.ts';

/** All values of a header field, in order; the name is given in lower case and compared without regard to case. Does NOT fold `_`. */
export function headerValues(headers: HeaderFields, lowerCaseName: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    // Lengths first: most names differ there, and lower-casing each name of each request is what costs.
    if (name === undefined || name.length !== lowerCaseName.length || name.toLowerCase() !== lowerCaseName)
      continue;
    values.push(headers[index + 1] ?? '');
  }
  return values;
}
