import { countCodePoints } from './normalize-password.ts';

// Fewer different characters than this are a drummed key, whatever the length.
const DIFFERENT_CHARACTERS_MIN = 5;
// Orders that fingers and children know; a password that only walks along one is guessed by its first key and its length.
const WALKS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
];
const STEPS_MIN = 4;

/**
 * Tells whether a text (lower case, NFKC) is one of the commonest passwords, or made of them in a way that is tried next: repeated, two set together,
 * padded with digits and signs, or a walk along the keyboard. Does NOT measure strength, and does NOT take exchanged letters (`p4ssword`) apart: the
 * list holds the usual ones.
 */
export function isGuessable(
  text: string,
  { isCommon, lengthMin }: { readonly isCommon: (text: string) => boolean; readonly lengthMin: number },
): boolean {
  const inner = padless(text);
  return (
    isCommon(text) ||
    new Set(text).size < DIFFERENT_CHARACTERS_MIN ||
    countCodePoints(repeatedUnit(text)) < Math.min(lengthMin, countCodePoints(text)) ||
    isCommon(inner) ||
    isCommon(repeatedUnit(inner)) ||
    isPair(text, isCommon) ||
    isPair(inner, isCommon) ||
    isWalk(text)
  );
}

/** The text without digits, signs and blanks at its ends; the text itself where there is nothing else. */
export function padless(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '') || text;
}

/** The shortest text that makes this one by being repeated, the last time perhaps in part; the text itself where it does not go in twice. */
function repeatedUnit(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1)
    if (isPeriod(text, length)) return text.slice(0, length);
  return text;
}

function isPeriod(text: string, length: number): boolean {
  for (let at = length; at < text.length; at += 1) if (text[at] !== text[at - length]) return false;
  return true;
}

function isPair(text: string, isCommon: (text: string) => boolean): boolean {
  for (let at = 1; at < text.length; at += 1)
    if (isCommon(text.slice(0, at)) && isCommon(text.slice(at))) return true;
  return false;
}

/** Whether the whole text is pieces of the known walks, forwards or backwards, each of a few steps. */
function isWalk(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const steps = Math.max(...ALL_WALKS.map((walk) => stepsAlong(walk, text, at)));
    if (steps < STEPS_MIN) return false;
    at += steps;
  }
  return true;
}

const ALL_WALKS = WALKS.flatMap((walk) => [walk, [...walk].reverse().join('')]);

/** How many characters of the text from there on follow the walk. */
function stepsAlong(walk: string, text: string, at: number): number {
  let length = 0;
  while (at + length < text.length && walk.includes(text.slice(at, at + length + 1))) length += 1;
  return length;
}
