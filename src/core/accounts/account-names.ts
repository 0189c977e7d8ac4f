/** The most characters of a username. */
const USERNAME_LENGTH_MAX = 64;
/** The most characters of a display name. */
export const DISPLAY_NAME_LENGTH_MAX = 128;

/**
 * What a username is: letters, digits, `.`, `_` and `-`, of ASCII alone, so that it can be written in `X-Consumer-Username` as it is and two that look alike
 * are alike. No at sign: a username is never another user's e-mail address.
 */
export const USERNAME = new RegExp(`^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,${USERNAME_LENGTH_MAX - 1}})$`);

/** What a display name is: any text of one line that begins and ends with something visible. */
export const DISPLAY_NAME = /^[^\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u;
