import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { isLoopbackHost } from '../../../lib/loopback-host.ts';
import type { Outbox, OutboxMail } from '../../mail/outbox.ts';
import type { CoreEnv } from '../core-env.ts';
import { problemResponse } from '../problem-response.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { PAGE_STYLE } from './page-style.ts';

/** Where a developer reads the mails that nobody sends. */
export const OUTBOX_PATH = '/_gateway/outbox';

/**
 * Creates the page of the outbox. It holds links that give accounts away, so that it is there for this machine alone: the client must be at a loopback
 * address and call us by a loopback name, as a page of another site could else read it by a name of its own. @see CWE-350 (DNS rebinding)
 */
export function createOutboxApp(outbox: Outbox): Hono<CoreEnv> {
  const app = new Hono<CoreEnv>();
  app.get(OUTBOX_PATH, async (c) => {
    const { hostname } = new URL(c.req.url);
    if (!isLoopbackAddress(c.env.clientAddress) || !isLoopbackHost(hostname))
      return problemResponse(c, 'not_found');
    c.header('Cache-Control', 'no-store');
    c.header('Content-Security-Policy', await contentSecurityPolicy({ style: PAGE_STYLE }));
    c.header('Referrer-Policy', 'no-referrer');
    return c.html(viewOutbox(outbox.list()));
  });
  app.notFound((c) => problemResponse(c, 'not_found'));
  return app;
}

function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && isLoopbackHost(address.includes(':') ? `[${address}]` : address);
}

function viewOutbox(mails: readonly OutboxMail[]) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Outbox</title>
<style>${raw(PAGE_STYLE)}</style>
</head>
<body>
<h1>Outbox</h1>
<p class="quiet">Nobody sends these mails: SMTP_URL is not set. The newest is first; they are gone when the process ends.</p>
${mails.length === 0 ? html`<p>There is no mail yet.</p>` : ''}
${mails.map(viewMail)}
</body>
</html>`;
}

function viewMail({ subject, to, at, text }: OutboxMail) {
  return html`<article>
<h2>${subject}</h2>
<p class="quiet">to ${to}, ${at.toISOString()}</p>
<pre>${text.split(/(https?:\/\/\S+)/).map((part, index) => (index % 2 === 0 ? part : html`<a href="${part}">${part}</a>`))}</pre>
</article>`;
}
