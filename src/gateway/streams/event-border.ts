const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Where in a stream of events the last byte was. Blank lines end events, and a carriage return may have its line feed yet to come. */
type Place = 'in_line' | 'after_lf' | 'after_cr' | 'blank_lf' | 'blank_cr';

/** Follows the bytes of one stream of events. */
export interface EventBorder {
  /** Takes the next bytes. Costs no more than the line ends at their end. */
  pass(chunk: Uint8Array): void;
  /** Whether an event has just ended, or none has begun: what is put in here is an event of its own. */
  readonly between: boolean;
  /** The number of bytes of the next chunk up to the first border in it; `undefined` where there is none. Does NOT take them. */
  findIn(chunk: Uint8Array): number | undefined;
}

/** Creates the follower of a stream that begins now. Lines end with LF, CR or both, mixed as they come. @see HTML Standard, section 9.2.5 */
export function createEventBorder(): EventBorder {
  let place: Place = 'blank_lf';
  return {
    pass(chunk) {
      let from = chunk.length;
      while (from > 0 && isLineEnd(chunk[from - 1])) from -= 1;
      // What came before the last other byte does not matter any more.
      if (from > 0) place = 'in_line';
      for (; from < chunk.length; from += 1) place = nextPlace(place, chunk[from]);
    },
    get between() {
      return isBorder(place);
    },
    findIn(chunk) {
      let at = place;
      for (let index = 0; index < chunk.length; index += 1) {
        at = nextPlace(at, chunk[index]);
        if (isBorder(at)) return index + 1;
      }
      return undefined;
    },
  };
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

function isBorder(place: Place): boolean {
  return place === 'blank_lf' || place === 'blank_cr';
}

function nextPlace(place: Place, byte: number | undefined): Place {
  if (!isLineEnd(byte)) return 'in_line';
  switch (place) {
    case 'in_line':
      return byte === LINE_FEED ? 'after_lf' : 'after_cr';
    case 'after_cr':
      // The second half of one line's end.
      return byte === LINE_FEED ? 'after_lf' : 'blank_cr';
    case 'after_lf':
    case 'blank_lf':
    case 'blank_cr':
      return byte === LINE_FEED ? 'blank_lf' : 'blank_cr';
  }
}
