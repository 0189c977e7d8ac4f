import { createRoute, z } from '@hono/zod-openapi';
import type { OneTimePurpose } from '../../links/one-time-token-store.ts';
import { LINK_PATHS } from '../../mail/link-address.ts';
import type { CoreApp } from '../core-env.ts';
import { NO_CREDENTIAL } from '../security-requirements.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { viewLinkPage } from './link-page.ts';
import { LINK_SCRIPT } from './link-script.ts';
import { PAGE_STYLE } from './page-style.ts';

const OPERATIONS = {
  password_reset: ['getPasswordResetPage', 'The page of the link that sets a new password'],
  email_verification: ['getEmailVerificationPage', 'The page of the link that verifies an e-mail address'],
  email_change: ['getEmailChangePage', 'The page of the link that confirms a new e-mail address'],
} as const satisfies Readonly<Record<OneTimePurpose, readonly [operationId: string, summary: string]>>;

const pageRoute = (purpose: OneTimePurpose) =>
  createRoute({
    method: 'get',
    path: LINK_PATHS[purpose],
    operationId: OPERATIONS[purpose][0],
    tags: ['Account'],
    security: NO_CREDENTIAL,
    summary: OPERATIONS[purpose][1],
    description:
      'The same for everybody, whatever the link. Nothing is used up: its script takes the token from the fragment and sends it to the same path when the user asks for it.',
    responses: {
      200: {
        description: 'A page that fetches nothing.',
        headers: z.object({ 'Content-Security-Policy': z.string(), 'Referrer-Policy': z.string() }),
        content: { 'text/html': { schema: z.string() } },
      },
    },
  });

/** Adds the pages that links in mails lead to. A GET there changes nothing: programs that look through mails follow links too. */
export function addLinkPages(app: CoreApp): void {
  const content = { style: PAGE_STYLE, script: LINK_SCRIPT };
  for (const purpose of ['password_reset', 'email_verification', 'email_change'] as const) {
    const page = viewLinkPage(purpose);
    app.openapi(pageRoute(purpose), async (c) => {
      c.header('Content-Security-Policy', await contentSecurityPolicy(content));
      c.header('Referrer-Policy', 'no-referrer');
      c.header('X-Content-Type-Options', 'nosniff');
      return c.html(page, 200);
    });
  }
}
