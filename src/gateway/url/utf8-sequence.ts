/** How the second octet of a sequence is bounded, and how long the sequence is, by its first octet. */
interface Lead {
  readonly length: number;
  readonly secondMin: number;
  readonly secondMax: number;
}

/**
 * The length in octets of the well-formed UTF-8 sequence of two to four octets that `octetAt(0)` begins; `undefined` for stray
 * continuations, overlong forms, surrogates, what lies beyond U+10FFFF, sequences cut short, and the controls U+0080 to U+009F.
 * @see RFC 3629, section 4; Unicode Standard, table 3-7
 */
export function utf8SequenceLength(octetAt: (offset: number) => number | undefined): number | undefined {
  const lead = leadOf(octetAt(0) ?? 0);
  if (lead === undefined) return undefined;
  const second = octetAt(1);
  if (second === undefined || second < lead.secondMin || second > lead.secondMax) return undefined;
  for (let offset = 2; offset < lead.length; offset++) {
    const octet = octetAt(offset);
    if (octet === undefined || octet < 0x80 || octet > 0xbf) return undefined;
  }
  return lead.length;
}

function leadOf(octet: number): Lead | undefined {
  // From A0 and not 80 after C2: before that come the C1 controls, which some terminals and readers obey.
  if (octet === 0xc2) return { length: 2, secondMin: 0xa0, secondMax: 0xbf };
  if (octet >= 0xc3 && octet <= 0xdf) return { length: 2, secondMin: 0x80, secondMax: 0xbf };
  if (octet === 0xe0) return { length: 3, secondMin: 0xa0, secondMax: 0xbf };
  if (octet === 0xed) return { length: 3, secondMin: 0x80, secondMax: 0x9f };
  if (octet >= 0xe1 && octet <= 0xef) return { length: 3, secondMin: 0x80, secondMax: 0xbf };
  if (octet === 0xf0) return { length: 4, secondMin: 0x90, secondMax: 0xbf };
  if (octet >= 0xf1 && octet <= 0xf3) return { length: 4, secondMin: 0x80, secondMax: 0xbf };
  if (octet === 0xf4) return { length: 4, secondMin: 0x80, secondMax: 0x8f };
  return undefined;
}
