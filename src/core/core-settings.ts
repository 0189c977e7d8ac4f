import type { SigningAlgorithm } from './keys/generate-signing-key.ts';
import type { SessionLimits } from './sessions/session-limits.ts';

/** What the policy file says of issuance. */
export interface CoreSettings {
  readonly accounts: {
    /** Whether anybody may register, or only administrators create users. */
    readonly registration: 'open' | 'closed';
    /** The roles of who registers; valid role names. */
    readonly defaultRoles: readonly string[];
  };
  readonly limits: SessionLimits;
  /** How long sessions are kept after their end. */
  readonly sessionRetentionSeconds: number;
  readonly signing: {
    /** What new keys are made for. */
    readonly algorithm: SigningAlgorithm;
    /** How long a key signs before the next one is made. */
    readonly rotateAfterSeconds: number;
  };
}
