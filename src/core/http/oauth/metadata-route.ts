import { createRoute } from '@hono/zod-openapi';
import { etag } from 'hono/etag';
import { METADATA_PATH, metadataPath } from '../../../oauth/issuer-address.ts';
import type { CoreApp } from '../core-env.ts';
import { KEPT, keptAnswers } from '../kept-answers.ts';
import { NO_CREDENTIAL } from '../security-requirements.ts';
import { type ServerFacts, serverMetadataSchema, writeServerMetadata } from './server-metadata.ts';

function metadataRoute(path: string, operationId: string, servers?: { url: string; description: string }[]) {
  return createRoute({
    method: 'get',
    path,
    operationId,
    tags: ['OAuth'],
    security: NO_CREDENTIAL,
    summary: 'What OAuth clients need to know of this server (RFC 8414)',
    description:
      'Public, and kept for five minutes. Clients find it from the issuer alone; where that has a path, at `/.well-known/oauth-authorization-server` with that path behind it too.',
    ...(servers && { servers }),
    responses: keptAnswers('The metadata.', serverMetadataSchema),
  });
}

/**
 * Adds `GET /.well-known/oauth-authorization-server`. For an issuer with a path it is added twice: at the host's well-known path with the issuer's path
 * behind, where clients look, and where a reverse proxy that takes the path away asks for it. @see RFC 8414, sections 3 and 3.1
 */
export function addMetadataRoute(app: CoreApp, facts: ServerFacts): void {
  const metadata = writeServerMetadata(facts);
  const add = (route: ReturnType<typeof metadataRoute>) => {
    app.use(route.path, etag());
    app.openapi(route, (c) => {
      c.header('Cache-Control', KEPT);
      return c.json(metadata, 200);
    });
  };
  add(metadataRoute(METADATA_PATH, 'getServerMetadata'));
  const atHost = metadataPath(facts.issuer);
  if (atHost === METADATA_PATH) return;
  const host = { url: new URL(facts.issuer).origin, description: 'The host of the public URL.' };
  add(metadataRoute(atHost, 'getServerMetadataOfHost', [host]));
}
