import { describe, expect, it } from 'vitest';
import { loadCommonPasswords } from '../../../../src/adapters/node/common-passwords.ts';
import { createPasswordPolicy } from '../../../../src/core/passwords/password-policy.ts';

const policy = createPasswordPolicy({ isCommon: await loadCommonPasswords() });
const JANE = { email: 'jane.doe@example.test', username: 'janed', displayName: 'Jane Doe' };

function judge(password: string): string {
  const judged = policy(password, JANE);
  return judged.ok ? 'ok' : judged.reason;
}

describe('createPasswordPolicy', () => {
  it.each([
    'correct horse battery',
    'kJ8#mP2$vL9@qR4',
    'wardgate-demo-passphrase',
    'the quick brown fox',
    '\u{1f984}unicorns at dawn',
  ])('takes %s', (password) => {
    expect(judge(password)).toBe('ok');
  });

  it.each([
    'passwordpassword',
    'P@ssw0rdP@ssw0rd',
    'password12345678',
    'dragonmonkey1234',
    'letmeinletmein1',
    'qwertyuiopasdfgh',
    'zyxwvutsrqponmlk',
    '123456789012345',
    'aaaaaaaaaaaaaaaaaaaa',
  ])('refuses %s as too common', (password) => {
    expect(judge(password)).toBe('too_common');
  });

  it.each(['doctor-of-the-clinic', 'jane.doe@example.test', 'janedoe-Jane-Doe-1', 'Wardgate-Password-1'])(
    'refuses %s as made of words of the context',
    (password) => {
      expect(judge(password)).toBe('contains_context');
    },
  );

  it('counts characters as code points after NFKC, and gives that form', () => {
    expect(judge('\u{1f984}xyz#kq9!mv2?w')).toBe('too_short');
    expect(policy('cafe\u0301 by the river', {})).toEqual({ ok: true, value: 'caf\u00e9 by the river' });
  });

  it('refuses what is longer than 256 characters, also where normalizing makes it so', () => {
    const varied = (length: number) =>
      Array.from({ length }, (_, at) => String.fromCharCode(97 + ((at * at * 7 + at) % 26))).join('');
    expect(judge(varied(257))).toBe('too_long');
    expect(judge('\ufdfa'.repeat(20))).toBe('too_long');
    expect(judge('x'.repeat(100_000))).toBe('too_long');
  });
});
