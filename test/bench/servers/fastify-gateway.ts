// Baseline: the gateway that one builds of Fastify with its JWT and proxy plugins. FASTIFY_CACHE=1 lets it remember verified tokens.
import { readFileSync } from 'node:fs';
import proxy from '@fastify/http-proxy';
import jwt from '@fastify/jwt';
import fastify from 'fastify';

const app = fastify();
await app.register(jwt, {
  secret: { public: readFileSync(process.env.PUBLIC_KEY_FILE ?? '', 'utf8') },
  verify: {
    algorithms: ['RS256'],
    allowedIss: process.env.ISSUER ?? '',
    allowedAud: process.env.AUDIENCE ?? '',
    cache: process.env.FASTIFY_CACHE === '1',
  },
});
await app.register(proxy, {
  upstream: `http://127.0.0.1:${process.env.UPSTREAM_PORT}`,
  prefix: '/',
  preHandler: async (request) => {
    await request.jwtVerify();
  },
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
