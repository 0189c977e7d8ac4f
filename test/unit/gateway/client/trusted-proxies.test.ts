import { describe, expect, it } from 'vitest';
import { createTrustedProxies, type TrustedProxies } from '../../../../src/gateway/client/trusted-proxies.ts';

function trustedProxies(...cidrs: string[]): TrustedProxies {
  const trusted = createTrustedProxies(cidrs);
  if (!trusted.ok) throw new Error(trusted.reason);
  return trusted.value;
}

describe('createTrustedProxies', () => {
  it('trusts nobody when nothing is set', () => {
    const trusted = trustedProxies();
    for (const address of ['127.0.0.1', '::1', '0.0.0.0', '::', '10.0.0.1', ''])
      expect(trusted.trusts(address)).toBe(false);
  });

  it('trusts the addresses of its ranges in every writing, and no others', () => {
    const trusted = trustedProxies('10.0.0.0/8', '::1');
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '::FFFF:a01:203', '::1', '0:0:0:0:0:0:0:1'])
      expect(trusted.trusts(address), address).toBe(true);
    for (const address of ['11.0.0.1', '::2', '::10.1.2.3', '127.0.0.1'])
      expect(trusted.trusts(address), address).toBe(false);
  });

  it.each([
    undefined,
    '',
    'unknown',
    '10.0.0.1:80',
    '10.0.0.1, 10.0.0.2',
    ' 10.0.0.1',
    '::1%lo',
    '010.0.0.1',
    '10.1',
    '1'.repeat(50),
  ])('never trusts %j, which is no address', (address) => {
    const trusted = trustedProxies('10.0.0.0/8', '::1', '8.0.0.0/8');
    expect(trusted.trusts(address)).toBe(false);
    expect(trusted.canonical(address)).toBeUndefined();
  });

  it('gives the same answers however many addresses it has seen in between', () => {
    const trusted = trustedProxies('10.0.0.0/8');
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 1000; index++) {
        const last = `${index >> 8}.${index & 255}`;
        expect(trusted.trusts(`10.0.${last}`)).toBe(true);
        expect(trusted.trusts(`11.0.${last}`)).toBe(false);
        expect(trusted.canonical(`::ffff:10.0.${last}`)).toBe(`10.0.${last}`);
      }
    }
  });

  it('refuses the list for one range that is wrong or everyone', () => {
    expect(createTrustedProxies(['10.0.0.0/8', '0.0.0.0/0'])).toMatchObject({
      ok: false,
      reason: 'expected a range of known proxies, got "0.0.0.0/0", which is everyone',
    });
    expect(createTrustedProxies(['nginx.internal']).ok).toBe(false);
  });
});
