/** The longest token that anybody reads, in characters: above every access token that fits in a header together with others; Node itself stops at 16 KiB of headers. */
export const TOKEN_LENGTH_MAX = 8192;

/** How far the clocks of who signs a token and who verifies it may be apart. */
export const CLOCK_TOLERANCE_SECONDS = 10;
