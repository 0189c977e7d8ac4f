import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDevice } from '../../../../src/core/sessions/describe-device.ts';

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0';
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5';

describe('a device in words', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0',
      'Firefox on Windows',
    ],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Safari/605.1.15`, 'Safari on macOS'],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${SAFARI} Mobile/15E148 Safari/604.1`,
      'Safari on iOS',
    ],
    [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${CHROME} Mobile Safari/537.36`, 'Chrome on Android'],
    [`Mozilla/5.0 (X11; Linux x86_64) ${CHROME} Safari/537.36 Edg/126.0`, 'Microsoft Edge on Linux'],
    ['clinic/3 (Windows NT 10.0)', 'Windows'],
  ])('is read from %s', (userAgent, words) => {
    expect(describeDevice(userAgent)).toBe(words);
  });

  it.each([
    undefined,
    '',
    'curl/8.5.0',
    'Mozilla/5.0',
    '__proto__/1',
    'constructor/1',
    'Bank of Trust/1.0 (x)',
  ])('is undefined for %j', (userAgent) => {
    expect(describeDevice(userAgent)).toBeUndefined();
  });

  it('never repeats what a client made up', () => {
    const parts = fc.constantFrom(
      'Firefox/1',
      'Windows NT 10.0',
      'Mozilla/5.0',
      'Version/3',
      '(',
      ')',
      ';',
      ' ',
    );
    const made = fc.array(fc.oneof(fc.string({ unit: 'binary' }), parts)).map((texts) => texts.join(''));
    fc.assert(
      fc.property(made, (userAgent) => {
        expect(describeDevice(`${userAgent}Qx7/1 `) ?? '').not.toContain('Qx7');
      }),
    );
  });

  it('looks at the first 512 characters alone', () => {
    expect(describeDevice(`${' '.repeat(512)}Firefox/130.0`)).toBeUndefined();
  });
});
