import { html, raw } from 'hono/html';
import type { OneTimePurpose } from '../../links/one-time-token-store.ts';
import { LINK_SCRIPT } from './link-script.ts';
import { PAGE_STYLE } from './page-style.ts';

const PAGES = {
  password_reset: {
    title: 'Set a new password',
    lead: 'Choose a password of at least 15 characters. You will be logged out everywhere.',
    button: 'Set password',
    done: 'Your password is set. You can log in with it now.',
  },
  email_verification: {
    title: 'Confirm your e-mail address',
    lead: 'Confirm that mails to this address reach you.',
    button: 'Confirm',
    done: 'Your address is confirmed.',
  },
  email_change: {
    title: 'Confirm your new e-mail address',
    lead: 'Confirm that your account is to have the address that this link was mailed to.',
    button: 'Confirm',
    done: 'Your account has this address now.',
  },
} as const satisfies Readonly<Record<OneTimePurpose, object>>;

const passwordFields = html`<label for="password">New password</label>
<input id="password" type="password" autocomplete="new-password" required maxlength="1024">
<label for="again">New password, again</label>
<input id="again" type="password" autocomplete="new-password" required maxlength="1024">`;

/** Shows the page that a link in a mail leads to: it asks, and its script sends. The same for everybody: it holds nothing of the request. */
export function viewLinkPage(purpose: OneTimePurpose): string {
  const { title, lead, button, done } = PAGES[purpose];
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${raw(PAGE_STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<form id="form" data-done="${done}">
<p>${lead}</p>
${purpose === 'password_reset' ? passwordFields : ''}
<button id="button">${button}</button>
</form>
<p id="message" role="status"></p>
<noscript><p>This page needs its script to send the link.</p></noscript>
</main>
<script>${raw(LINK_SCRIPT)}</script>
</body>
</html>`);
}
