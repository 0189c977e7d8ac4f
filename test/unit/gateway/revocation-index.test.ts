import { expect, it } from 'vitest';
import { createRevocationIndex } from '../../../src/gateway/revocation-index.ts';

it('knows a session as revoked from then on, and no other', () => {
  const index = createRevocationIndex({ clock: () => 0, rememberSeconds: 60 });
  expect(index.isRevoked('ses_1')).toBe(false);
  index.revoke('ses_1');
  expect(index.isRevoked('ses_1')).toBe(true);
  expect(index.isRevoked('ses_2')).toBe(false);
});

it('forgets a session when its last token has expired, and not before', () => {
  let now = 0;
  const index = createRevocationIndex({ clock: () => now, rememberSeconds: 60 });
  index.revoke('ses_1');
  now = 59_999;
  index.revoke('ses_2');
  expect(index.isRevoked('ses_1')).toBe(true);
  now = 60_000;
  index.revoke('ses_3');
  expect(index.isRevoked('ses_1')).toBe(false);
  expect(index.isRevoked('ses_2')).toBe(true);
});

it('counts anew from a second end of the same session', () => {
  let now = 0;
  const index = createRevocationIndex({ clock: () => now, rememberSeconds: 60 });
  index.revoke('ses_1');
  now = 30_000;
  index.revoke('ses_1');
  now = 60_000;
  index.revoke('ses_2');
  expect(index.isRevoked('ses_1')).toBe(true);
});
