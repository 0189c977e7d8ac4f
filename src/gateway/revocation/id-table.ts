/** A time for each of many ids, in little memory. Times are whole seconds, since whatever who keeps the table counts from, and below 2^32. */
export interface IdTable {
  /** How many ids take up room; some of them may be there to be forgotten. */
  size(): number;
  /** Keeps an id of ours with a time; where it is there already, the later time. */
  set(id: string, seconds: number): void;
  /** The time of an id; 0 where it is not there. */
  get(id: string): number;
  /** Goes through the next part of the table and forgets there what is too old, once that is worth the work; after `ID_TABLE_PARTS` calls all have had their turn. */
  forgetSome(): void;
}

/** A part at a time is made anew, so that no request waits while a million ids are moved. */
export const ID_TABLE_PARTS = 64;

// An id is a prefix of four characters and 128 random bits in hexadecimal digits.
const PREFIX_LENGTH = 4;
const WORD_DIGITS = 8;
const ID_LENGTH = PREFIX_LENGTH + 4 * WORD_DIGITS;
/** A slot: four words of id, then the time, which is 0 in an empty one. */
const SLOT_WORDS = 5;
const TIME_WORD = 4;
const TIME_MAX = 0xffff_ffff;
const SLOTS_MIN = 8;
/** Above it, looking for what is not there takes long. */
const LOAD_MAX = 0.75;

interface Part {
  slots: Uint32Array;
  used: number;
}

/**
 * Creates an empty table: open addressing with linear probing over typed arrays, 20 bytes for a slot, where a map of strings takes over a hundred and
 * has the garbage collector walk through them. What is older than `oldestSeconds()` goes when its part grows, or by `forgetSome`. The random bits of an id
 * are its hash: whoever asks shows ids that the core made. Does NOT look at prefixes: a table is for one kind of ids.
 */
export function createIdTable(oldestSeconds: () => number): IdTable {
  const parts: (Part | undefined)[] = new Array<Part | undefined>(ID_TABLE_PARTS).fill(undefined);
  let size = 0;
  let turn = 0;

  function renew(part: Part): void {
    size -= part.used;
    rebuild(part, oldestSeconds());
    size += part.used;
  }

  return {
    size: () => size,
    set(id, seconds) {
      if (id.length !== ID_LENGTH) return;
      const first = wordOf(id, 0);
      const part = parts[first % ID_TABLE_PARTS] ?? { slots: emptySlots(SLOTS_MIN), used: 0 };
      parts[first % ID_TABLE_PARTS] = part;
      let at = findSlot(part.slots, first, id);
      const known = part.slots[at + TIME_WORD] as number;
      if (known === 0) {
        if ((part.used + 1) * SLOT_WORDS > part.slots.length * LOAD_MAX) {
          renew(part);
          at = findSlot(part.slots, first, id);
        }
        for (let word = 0; word < TIME_WORD; word += 1) part.slots[at + word] = wordOf(id, word);
        part.used += 1;
        size += 1;
      }
      part.slots[at + TIME_WORD] = Math.max(known, Math.min(Math.max(seconds, 1), TIME_MAX));
    },
    get(id) {
      if (size === 0 || id.length !== ID_LENGTH) return 0;
      const first = wordOf(id, 0);
      const part = parts[first % ID_TABLE_PARTS];
      return part === undefined ? 0 : (part.slots[findSlot(part.slots, first, id) + TIME_WORD] as number);
    },
    forgetSome() {
      const part = parts[turn];
      turn = (turn + 1) % ID_TABLE_PARTS;
      if (part !== undefined && part.used > 0 && countLiving(part, oldestSeconds()) <= part.used * LOAD_MAX)
        renew(part);
    },
  };
}

/** The word of that number of an id, as an unsigned number. Of an id that is not there one word is read, which tells it from nearly all that are. */
function wordOf(id: string, word: number): number {
  let value = 0;
  const start = PREFIX_LENGTH + word * WORD_DIGITS;
  for (let at = start; at < start + WORD_DIGITS; at += 1) {
    const code = id.charCodeAt(at);
    // '0' is 48, 'a' is 97.
    value = (value << 4) | (code > 57 ? code - 87 : code - 48);
  }
  return value >>> 0;
}

/** The place of an id, or the empty one where it belongs; without an id, of one that is not there. There is always an empty one. */
function findSlot(slots: Uint32Array, first: number, id?: string): number {
  const mask = slots.length / SLOT_WORDS - 1;
  // The bits that have chosen the part are the same in all of its ids.
  for (let slot = (first / ID_TABLE_PARTS) & mask; ; slot = (slot + 1) & mask) {
    const at = slot * SLOT_WORDS;
    if (slots[at + TIME_WORD] === 0) return at;
    if (slots[at] === first && id !== undefined && isSame(slots, at, id)) return at;
  }
}

function isSame(slots: Uint32Array, at: number, id: string): boolean {
  for (let word = 1; word < TIME_WORD; word += 1) if (slots[at + word] !== wordOf(id, word)) return false;
  return true;
}

function emptySlots(count: number): Uint32Array {
  return new Uint32Array(count * SLOT_WORDS);
}

function countLiving({ slots }: Part, olderThanSeconds: number): number {
  let living = 0;
  for (let at = TIME_WORD; at < slots.length; at += SLOT_WORDS) {
    const seconds = slots[at] as number;
    if (seconds !== 0 && seconds >= olderThanSeconds) living += 1;
  }
  return living;
}

/** Moves what is still needed into slots of the right number: at most half of them full. */
function rebuild(part: Part, olderThanSeconds: number): void {
  const living = countLiving(part, olderThanSeconds);
  let count = SLOTS_MIN;
  while (count < living * 2) count *= 2;
  const old = part.slots;
  part.slots = emptySlots(count);
  part.used = living;
  for (let at = 0; at < old.length; at += SLOT_WORDS) {
    const seconds = old[at + TIME_WORD] as number;
    if (seconds === 0 || seconds < olderThanSeconds) continue;
    const place = findSlot(part.slots, old[at] as number);
    for (let word = 0; word < SLOT_WORDS; word += 1) part.slots[place + word] = old[at + word] as number;
  }
}
