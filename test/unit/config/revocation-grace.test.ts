import { expect, it } from 'vitest';
import { policyOf, problemLines, RIGHT } from './policy-text.ts';

const withGrace = (grace: string) => `${RIGHT}revocation: { grace: ${grace} }\n`;

it.each([
  ['0s', 0],
  ['90s', 90_000],
  ['1h', 3_600_000],
])('takes a grace of %s', (grace, revocationGraceMs) => {
  expect(policyOf(withGrace(grace)).revocationGraceMs).toBe(revocationGraceMs);
});

it.each(['2h', '-1s', 'soon'])('refuses a grace of %s and says what was expected', (grace) => {
  const [line = ''] = problemLines(withGrace(grace));
  expect(line).toContain('revocation.grace: expected a duration');
});
