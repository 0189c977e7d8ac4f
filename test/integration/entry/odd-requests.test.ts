import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type ContractDocument,
  type ContractSchema,
  listOperations,
  type PlacedOperation,
} from '../../../src/lib/contract-document.ts';
import { type AttackedWardgate, startAttackedWardgate } from '../../support/attack/attacked-wardgate.ts';
import { createAnswerCheck } from '../../support/openapi/answer-check.ts';

const REQUESTS_PER_OPERATION = 12;

let gate: AttackedWardgate;
beforeAll(async () => {
  gate = await startAttackedWardgate();
});
afterAll(() => gate.stop());

/** Values that break what was not made for them: no text for a database, no number for an integer, nothing, too much. */
const ODD = fc.oneof(
  fc.constantFrom(
    '',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff x',
    '\u202e',
    '%00',
    "'--",
    '𝒳',
    '__proto__',
    '0'.repeat(5_000),
  ),
  fc.constantFrom(0, -1, 1e308, 2 ** 53, 0.5, true, null, [], {}, [[]], { $ne: null }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Values for a schema: those it describes, as far as that is simple, and odd ones among them. */
function valuesOf(schema: ContractSchema, document: ContractDocument): fc.Arbitrary<unknown> {
  const named = document.components.schemas?.[schema.$ref?.split('/').at(-1) ?? ''];
  if (named !== undefined) return valuesOf(named, document);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((one) => valuesOf(one, document)));
  if (schema.properties !== undefined) {
    const members = Object.entries(schema.properties).map(
      ([name, member]) => [name, valuesOf(member, document)] as const,
    );
    return fc.record(Object.fromEntries(members), { requiredKeys: [...(schema.required ?? [])] });
  }
  const fitting = fc.constantFrom(schema.example ?? schema.enum?.[0] ?? schema.const ?? 'patient');
  return fc.oneof({ weight: 3, arbitrary: fitting }, { weight: 1, arbitrary: ODD });
}

interface OddRequest {
  readonly target: string;
  readonly body: string;
  readonly contentType: string;
  readonly who: 'nobody' | 'patient' | 'admin';
}

function requestOf(
  { path, operation }: PlacedOperation,
  document: ContractDocument,
): fc.Arbitrary<OddRequest> {
  const parameters = (operation.parameters ?? []).filter(({ in: place }) => place === 'query');
  const query = fc.record(
    Object.fromEntries(parameters.map(({ name, schema = {} }) => [name, valuesOf(schema, document)])),
    { requiredKeys: [] },
  );
  const id = fc.oneof(
    fc.constant('usr_0123456789abcdef0123456789abcdef'),
    fc.string({ unit: 'binary', minLength: 1 }),
  );
  const [contentType = 'application/json', media] =
    Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const body = media?.schema === undefined ? fc.constant(undefined) : valuesOf(media.schema, document);
  const who = fc.constantFrom('nobody' as const, 'patient' as const, 'admin' as const);
  return fc.record({ id, query, body, who }).map((made) => {
    const pairs = Object.entries(made.query).map(([name, value]) => [name, String(value).toWellFormed()]);
    const text = pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
    const written =
      contentType === 'application/json'
        ? (JSON.stringify(made.body) ?? '')
        : String(
            new URLSearchParams(
              Object.entries(Object(made.body)).map(([name, value]) => [name, String(value)]),
            ),
          );
    const filled = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(made.id.toWellFormed()));
    return { target: filled + text, body: written, contentType, who: made.who };
  });
}

it('no operation fails, or answers unlike the contract, whatever it is sent', async () => {
  const origin = `http://127.0.0.1:${gate.port}`;
  const contract: ContractDocument = await (await fetch(`${origin}/docs.json`)).json();
  const check = createAnswerCheck(contract);
  const failures: string[] = [];
  let sent = 0;
  for (const placed of listOperations(contract).filter(({ path }) => !path.startsWith('/_gateway/'))) {
    const { method } = placed;
    // Anew for each operation: some of them end sessions.
    const credentials = {
      nobody: undefined,
      patient: await gate.logIn('patient', 'bearer'),
      admin: await gate.logIn('admin', 'bearer'),
    };
    for (const request of fc.sample(requestOf(placed, contract), REQUESTS_PER_OPERATION)) {
      const headers = new Headers({ 'content-type': request.contentType });
      // From many networks, so that no limit answers in place of the operation.
      sent += 1;
      headers.set('x-forwarded-for', `10.${sent >> 16}.${(sent >> 8) & 255}.${sent & 255}`);
      const authorization = credentials[request.who]?.replace('Authorization: ', '');
      if (authorization !== undefined) headers.set('authorization', authorization);
      const response = await fetch(origin + request.target, {
        method,
        headers,
        ...(method !== 'GET' && { body: request.body }),
        redirect: 'manual',
      });
      const failure = await check(method, request.target, response).catch(String);
      if (failure !== undefined || response.status === 500)
        failures.push(`${failure ?? 500}: ${JSON.stringify(request)}`);
      await response.body?.cancel();
    }
  }
  expect(failures).toEqual([]);
  expect(sent).toBeGreaterThan(200);
});
