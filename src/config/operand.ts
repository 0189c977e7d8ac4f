import type { Operand } from '../gateway/policy/policy.ts';
import { ok, type Result, refused } from '../lib/result.ts';

/**
 * Reads one side of a `where` pair: `path.NAME`, `claims.NAME` with dots for members, or else a fixed text. Refused with what was
 * expected. Does NOT know which parameters a path has.
 */
export function parseOperand(text: string): Result<Operand, string> {
  if (text.startsWith('path.')) {
    const name = text.slice('path.'.length);
    return name === ''
      ? refused('a parameter of the path, such as path.patientId')
      : ok({ kind: 'path', name });
  }
  if (text.startsWith('claims.')) {
    const path = text.slice('claims.'.length).split('.');
    return path.includes('') ? refused('a claim, such as claims.patient_id') : ok({ kind: 'claim', path });
  }
  return text === '' ? refused('a text that is not empty') : ok({ kind: 'text', text });
}
