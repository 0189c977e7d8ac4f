import { sha256 } from '../../../lib/sha256.ts';

/**
 * Writes the policy of a page that holds all it needs: its one style and, where there is one, its one script, both allowed by their hashes; a script may ask
 * our own origin. Everything else is forbidden, from handlers in attributes to frames around the page. @see W3C Content Security Policy Level 3
 */
export async function contentSecurityPolicy(page: {
  readonly style: string;
  readonly script?: string;
}): Promise<string> {
  const script =
    page.script === undefined ? '' : `script-src ${await hashOf(page.script)}; connect-src 'self'; `;
  return `default-src 'none'; ${script}style-src ${await hashOf(page.style)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

async function hashOf(text: string): Promise<string> {
  return `'sha256-${(await sha256(text)).toBase64()}'`;
}
