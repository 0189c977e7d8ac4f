import { createServer, type RequestListener } from 'node:http';
import express from 'express';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { createAssertionVerifier } from '../../../src/downstream/assertion-verifier.ts';
import { expressIdentity } from '../../../src/downstream/express-identity.ts';
import { honoIdentity, type IdentityVariables } from '../../../src/downstream/hono-identity.ts';
import type { MiddlewareOptions } from '../../../src/downstream/required-identity.ts';
import { close, listen } from '../../support/servers/loopback-server.ts';
import { signAssertion } from '../../support/tokens/assertions.ts';
import { DOCTOR_ID, OWN_ISSUER, TOKEN_TIME, testKey } from '../../support/tokens/tokens.ts';

const DOCTOR = {
  'x-user-id': DOCTOR_ID,
  'x-user-roles': 'doctor',
  'x-consumer-username': 'doctor@demo.test',
  'x-session-id': 'ses_1',
  'x-request-id': 'req_1',
};
const NOBODY = { 'x-user-id': '', 'x-user-roles': '', 'x-consumer-username': '', 'x-session-id': '' };
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function verifierOf(fault = false) {
  const { publicJwk } = await testKey();
  return createAssertionVerifier({
    issuer: OWN_ISSUER,
    audience: 'patients',
    clock: () => TOKEN_TIME * 1000,
    fetch: async () => (fault ? new Response('', { status: 500 }) : Response.json({ keys: [publicJwk] })),
  });
}

type Send = (headers: Readonly<Record<string, string>>) => Promise<Response>;

async function sendToHono(options: MiddlewareOptions): Promise<Send> {
  const app = new Hono<{ Variables: IdentityVariables }>();
  app.use(honoIdentity(options));
  app.get('/', (c) => c.json({ identity: c.get('identity') ?? 'nobody' }));
  return async (headers) => app.request('/', { headers });
}

async function sendToExpress(options: MiddlewareOptions): Promise<Send> {
  const app = express();
  app.use(expressIdentity(options));
  app.get('/', (_request, response) => {
    response.json({ identity: response.locals.identity ?? 'nobody' });
  });
  const server = createServer(app as RequestListener);
  const address = await listen(server);
  stops.push(() => close(server));
  return (headers) => fetch(`http://${address}/`, { headers });
}

describe.each([
  ['Hono', sendToHono],
  ['Express', sendToExpress],
])('the middleware for %s', (_name, serve) => {
  it('hands the identity on', async () => {
    const answer = await (await serve({}))(DOCTOR);

    expect(await answer.json()).toEqual({
      identity: {
        userId: DOCTOR_ID,
        roles: ['doctor'],
        username: 'doctor@demo.test',
        sessionId: 'ses_1',
      },
    });
  });

  it('answers 401 without a credential, with a challenge and a problem document', async () => {
    const answer = await (await serve({}))({ ...NOBODY, 'x-request-id': 'req_1' });

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      type: 'urn:wardgate:problem:credential_missing',
      title: 'A credential is needed',
      status: 401,
      code: 'credential_missing',
      request_id: 'req_1',
    });
  });

  it('lets callers without a credential pass where the service says so', async () => {
    const answer = await (await serve({ anonymous: true }))(NOBODY);

    expect(await answer.json()).toEqual({ identity: 'nobody' });
  });

  it('answers 401 to what did not come through Wardgate, says why to the log alone, and repeats nothing', async () => {
    const reasons: string[] = [];
    const send = await serve({ anonymous: true, onRefused: (because) => reasons.push(because) });
    const answer = await send({ authorization: 'Bearer secret', 'x-request-id': '<script>' });
    const body = await answer.text();

    expect(answer.status).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ code: 'identity_refused' });
    expect(body).not.toMatch(/secret|script|not_behind|request_id/);
    expect(reasons).toEqual(['not_behind_wardgate']);
  });

  it('believes the assertion alone where it is given a verifier', async () => {
    const send = await serve({ verifier: await verifierOf() });
    const headers = { ...DOCTOR, 'x-user-id': 'usr_forged', 'x-identity-assertion': await signAssertion() };

    expect(await (await send(headers)).json()).toMatchObject({
      identity: { userId: DOCTOR_ID, issuer: OWN_ISSUER, doctorId: 'd-200' },
    });
    expect((await send({ ...headers, 'x-identity-assertion': 'x' })).status).toBe(401);
    expect((await send({ ...headers, 'x-identity-assertion': '' })).status).toBe(401);
    expect((await send(DOCTOR)).status).toBe(401);
  });

  it('answers 503 with Retry-After, never 401, where the key set is down', async () => {
    const send = await serve({ verifier: await verifierOf(true) });
    const answer = await send({ ...DOCTOR, 'x-identity-assertion': await signAssertion() });

    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await answer.json()).toMatchObject({ code: 'temporarily_unavailable', request_id: 'req_1' });
  });
});

it('hands what a listener throws to Express, which answers 500', async () => {
  const send = await sendToExpress({
    onRefused: () => {
      throw new Error('the log is full');
    },
  });
  const answer = await send({});

  expect(answer.status).toBe(500);
});
