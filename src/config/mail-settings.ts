import type { MailSender, MailServer } from '../core/mail/mail-server.ts';
import { parseEmailAddress } from '../identity/email-address.ts';
import { isLoopbackHost } from '../lib/loopback-host.ts';
import { ok, type Result, refused } from '../lib/result.ts';

// The registered ports of submission. @see RFC 8314, section 3.3; RFC 6409, section 3.1
const DEFAULT_PORTS = { 'smtp:': 587, 'smtps:': 465 } as const;
const SENDER = /^(?:(?<name>[^\p{C}\p{Zl}\p{Zp}"<>\\]{1,64}) )?<(?<address>[^<>]+)>$/u;

/**
 * Reads `SMTP_URL`: `smtps://…` is TLS from the first byte; `smtp://…` demands STARTTLS, but for this machine itself, and where `?tls=none` says that the
 * network is trusted. A password never goes in the clear. Refuses with the end of a sentence that begins with "expected".
 */
export function readMailServer(text: string): Result<MailServer, string> {
  const url = /^smtps?:\/\/[^\s/?#\\]+\/?(?:\?[^\s#]*)?$/i.test(text) ? URL.parse(text) : null;
  if (url === null || url.hostname === '' || url.port === '0')
    return refused('an address such as smtps://user:password@mail.example or smtp://mail.example:587');
  const scheme = url.protocol === 'smtps:' ? 'smtps:' : 'smtp:';
  const wish = /^$|^\?tls=(none|required)$/.exec(url.search);
  if (wish === null) return refused('nothing behind the host but ?tls=none or ?tls=required');
  const isPlain = wish[1] === 'none' || (wish[1] === undefined && isLoopbackHost(url.hostname));
  if (scheme === 'smtps:' && wish[1] === 'none') return refused('smtp:// where tls=none is said');
  const protection = scheme === 'smtps:' ? 'tls' : isPlain ? 'none' : 'starttls';
  const credential = credentialOf(url);
  if (credential === 'malformed') return refused('a user and a password, percent-encoded, or neither');
  if (credential !== undefined && protection === 'none' && !isLoopbackHost(url.hostname))
    return refused('no password where tls=none is said: it would travel in the clear');
  return ok({
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port),
    protection,
    credential,
  });
}

function credentialOf(url: URL): MailServer['credential'] | 'malformed' {
  if (url.username === '' && url.password === '') return undefined;
  try {
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    return user === '' || password === '' ? 'malformed' : { user, password };
  } catch {
    return 'malformed';
  }
}

/** Reads `WARDGATE_MAIL_FROM`: `no-reply@clinic.example` or `Clinic <no-reply@clinic.example>`. Refuses as `readMailServer` does. */
export function readMailSender(text: string): Result<MailSender, string> {
  const groups = SENDER.exec(text)?.groups;
  const address = parseEmailAddress(groups?.address ?? text);
  if (address.ok) return ok({ name: groups?.name?.trim() || undefined, address: address.value });
  return refused('an address such as no-reply@clinic.example or Clinic <no-reply@clinic.example>');
}
