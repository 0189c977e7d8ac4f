/** A place where a secret was found: its name and the form in which it stands there; never the secret itself. */
export interface SecretTrace {
  readonly secret: string;
  readonly form: string;
}

/** Forms of one secret, by what they are called. */
type Forms = readonly (readonly [form: string, text: string])[];

const BASE64URL_TOKEN = /^[A-Za-z0-9_-]{32,}$/;
const TAIL_LENGTH = 24;

/**
 * Finds every trace of secrets in a text: as they are, escaped in JSON once or twice, URL-encoded, in hexadecimal digits, and in base64 wherever in a longer
 * text that was encoded they stood; long tokens also by their end, and by the bytes that they encode.
 */
export function findTraces(text: string, secrets: ReadonlyMap<string, string>): readonly SecretTrace[] {
  const lowerCased = text.toLowerCase();
  return [...secrets].flatMap(([secret, value]) =>
    formsOf(value)
      .filter(([form, needle]) => (form.includes('hex') ? lowerCased : text).includes(needle))
      .map(([form]) => ({ secret, form })),
  );
}

function formsOf(secret: string): Forms {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const encoded = encodeURIComponent(secret);
  const tail = secret.slice(-TAIL_LENGTH);
  const forms: (readonly [string, string])[] = [
    ['raw', secret],
    ['JSON', escaped],
    ['JSON twice', JSON.stringify(escaped).slice(1, -1)],
    ['URL', encoded],
    ['form', encoded.replaceAll('%20', '+')],
    ...bytesForms('text', Buffer.from(secret)),
  ];
  if (BASE64URL_TOKEN.test(tail.padEnd(32, 'x')) && secret.length >= 2 * TAIL_LENGTH)
    forms.push(['end', tail], ...bytesForms('end', Buffer.from(tail)));
  if (BASE64URL_TOKEN.test(secret)) forms.push(...bytesForms('decoded', Buffer.from(secret, 'base64url')));
  return forms;
}

/** Bytes in hexadecimal digits, and in base64 as they look at each of the three places where they may begin. */
function bytesForms(of: string, bytes: Buffer): Forms {
  const aligned = [0, 1, 2].flatMap((offset) => {
    const all = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url');
    // What neighbours share with the secret at both ends is cut off.
    const inner = all.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('-', '+').replaceAll('_', '/')];
  });
  return [
    [`${of} in hex`, bytes.toString('hex')],
    ...[...new Set(aligned)].map((text) => [`${of} in base64`, text] as const),
  ];
}
