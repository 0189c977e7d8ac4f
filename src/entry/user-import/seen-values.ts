import { hash } from 'node:crypto';

/** Remembers which values were there. */
export interface SeenValues {
  /** Adds a value, and tells whether it was there before. */
  add(value: string): boolean;
}

const SLOTS_MIN = 1024;
// Fuller tables make look-ups slow.
const FILL_MAX = 0.5;

/**
 * Creates a memory for millions of values: 64 bits of a hash each, 16 to 32 bytes with the room between them, and no value itself. So it may say of one value in
 * billions that it was there when it was not.
 */
export function createSeenValues(): SeenValues {
  let slots = new BigUint64Array(SLOTS_MIN);
  let count = 0;

  function put(fingerprint: bigint): boolean {
    const mask = slots.length - 1;
    let index = Number(fingerprint & 0xffffffffn) & mask;
    while (slots[index] !== 0n) {
      if (slots[index] === fingerprint) return true;
      index = (index + 1) & mask;
    }
    slots[index] = fingerprint;
    return false;
  }

  function grow(): void {
    const old = slots;
    slots = new BigUint64Array(2 * old.length);
    for (const fingerprint of old) if (fingerprint !== 0n) put(fingerprint);
  }

  return {
    add(value) {
      // Zero marks a free slot.
      const wasThere = put(hash('sha256', value, 'buffer').readBigUInt64LE() || 1n);
      if (!wasThere) count += 1;
      if (count > FILL_MAX * slots.length) grow();
      return wasThere;
    },
  };
}
