/**
 * What an audience is, the name by which a token says whom it is meant for: visible ASCII without spaces, at most 256 characters. @see RFC 7519, section 4.1.3
 */
export const AUDIENCE = /^[\x21-\x7e]{1,256}$/;
