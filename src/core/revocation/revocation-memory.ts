import { MINUTE_SECONDS } from '../../lib/durations.ts';
import { SIGNED_TOKEN_SECONDS_MAX } from '../keys/key-times.ts';

// For verifiers that let a token live on a little, and for clocks that differ from the database's.
const MARGIN_SECONDS = MINUTE_SECONDS;

/** How long a revocation is told: after that, every token that was signed before it is dead by itself. */
export const REVOCATION_MEMORY_SECONDS = SIGNED_TOKEN_SECONDS_MAX + MARGIN_SECONDS;
