import { sha256 } from './sha256.ts';

/**
 * Tells whether two secrets are equal, in a time that does not tell where they differ nor how long the known one is: both are hashed, and
 * the whole of both hashes is compared. @see CWE-208 (Observable Timing Discrepancy)
 */
export async function equalSecrets(presented: string, known: string): Promise<boolean> {
  const [left, right] = await Promise.all([presented, known].map(sha256));
  let difference = left === undefined || right === undefined ? 1 : 0;
  for (const [index, octet] of (left ?? []).entries()) difference |= octet ^ (right?.[index] ?? 0);
  return difference === 0;
}
