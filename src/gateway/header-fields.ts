import type { HeaderFields } from './inbound-request.ts';

/** All values of a header field, in order; the name is given in lower case and compared without regard to case. Does NOT fold `_`. */
export function headerValues(headers: HeaderFields, lowerCaseName: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < headers.length; index += 2)
    if (isNamed(headers[index], lowerCaseName)) values.push(headers[index + 1] ?? '');
  return values;
}

/** Tells whether there is a header field of that name, by the same comparison. */
export function hasHeader(headers: HeaderFields, lowerCaseName: string): boolean {
  for (let index = 0; index < headers.length; index += 2)
    if (isNamed(headers[index], lowerCaseName)) return true;
  return false;
}

// Lengths first: most names differ there, and lower-casing each name of each request is what costs.
function isNamed(name: string | undefined, lowerCaseName: string): boolean {
  return name?.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName;
}
