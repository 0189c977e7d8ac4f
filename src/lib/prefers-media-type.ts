// A range and its parameters; quoted texts hold no comma in what is compared here.
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/**
 * Tells whether an `Accept` field asks for `wanted` rather than for `usual`: it names `wanted` itself, with a weight that is not zero and not below that of
 * `usual`. Wildcards speak for `usual` alone, and so does a missing field. A weight that cannot be read counts as zero. Does NOT look at parameters other than `q`.
 * @see RFC 9110, section 12.5.1 (Accept)
 */
export function prefersMediaType(accept: string | undefined, wanted: string, usual: string): boolean {
  if (!accept?.toLowerCase().includes(wanted)) return false;
  const ranges = accept.split(',').map(readRange);
  const weightOf = (names: readonly string[]) => {
    for (const name of names) {
      const found = ranges.filter((range) => range.name === name);
      if (found.length > 0) return Math.max(...found.map(({ weight }) => weight));
    }
    return 0;
  };
  const weight = weightOf([wanted]);
  return weight > 0 && weight >= weightOf([usual, usual.replace(/\/.*/, '/*'), '*/*']);
}

function readRange(text: string): { readonly name: string; readonly weight: number } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = quality === undefined ? 1 : Number(QUALITY.exec(quality)?.[1] ?? 0);
  return { name, weight };
}
