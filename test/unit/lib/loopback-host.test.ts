import { expect, it } from 'vitest';
import { isLoopbackHost } from '../../../src/lib/loopback-host.ts';

it.each(['localhost', '127.0.0.1', '127.9.9.9', '[::1]'])('takes %s for this machine', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

it.each(['localhost.evil.test', 'evil-localhost', '127.0.0.1.evil.test', '10.0.0.1', '[::2]', ''])(
  'does not take %j for this machine',
  (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  },
);
