import { readFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { CLIENT_AUTHENTICATION_METHODS } from '../../../core/clients/client-store.ts';
import { createClients, type WantedClient } from '../../../core/clients/clients.ts';
import {
  toWantedClient,
  wantedKeyClientSchema,
  wantedSecretClientSchema,
} from '../../../core/http/clients/client-schema.ts';
import { CommandError } from '../command-error.ts';
import { type CommandContext, valuesOfOption } from '../command-line.ts';
import { optionFault } from '../option-fault.ts';
import { withDatabase } from '../with-database.ts';

const KEYS_EXPECTED =
  '--jwks: expected a file with a set of public keys, {"keys":[…]}: RSA of 2048 to 8192 bits, P-256 or Ed25519, each with a kid of its own, and no private member';
/** What is expected of each option, by the member that it becomes. */
const EXPECTED: Readonly<Record<string, string>> = {
  name: '--name: expected one line of 100 characters at most',
  roles: '--role: expected role names: lower-case letters, digits and _ . : -, 32 roles at most',
  scopes: '--scope: expected scopes of visible characters without quotes and backslashes, 64 at most',
  audience: '--audience: expected one audience of visible characters without spaces',
  audiences: '--may-call: expected audiences of visible characters without spaces, 64 at most',
  authenticationMethod: `--method: expected one of ${CLIENT_AUTHENTICATION_METHODS.join(', ')}`,
  jwks: KEYS_EXPECTED,
};

/** `wardgate clients create`: registers a client by the rules of `POST /v1/clients`, and prints its id and, once and never again, its secret. */
export const createClientCommand = defineCommand({
  meta: { name: 'create', description: 'Register an OAuth client; its secret is printed once' },
  args: {
    name: { type: 'string', required: true, description: 'What the client is called' },
    role: { type: 'string', description: 'A role; several are separated by commas, or each has its --role' },
    scope: { type: 'string', description: 'A scope that it may ask for; several as with --role' },
    audience: { type: 'string', description: 'What it is called itself, as the upstream in the policy file' },
    'may-call': {
      type: 'string',
      description: 'An audience for which it may exchange tokens of users; several as with --role',
    },
    method: {
      type: 'string',
      description: `How it authenticates: ${CLIENT_AUTHENTICATION_METHODS.join(', ')}; the first unless said`,
    },
    jwks: { type: 'string', description: 'A file with its public keys, for private_key_jwt' },
  },
  run({ args, rawArgs, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async ({ stores, audit, by }) => {
      const wanted = describeClient({
        name: args.name,
        roles: [...valuesOfOption(rawArgs, 'role')],
        scopes: [...valuesOfOption(rawArgs, 'scope')],
        audience: args.audience,
        audiences: [...valuesOfOption(rawArgs, 'may-call')],
        authenticationMethod: args.method,
        ...(args.jwks !== undefined && { jwks: await readKeySet(args.jwks) }),
      });
      const created = await createClients({ store: stores.clientStore, audit }).create(wanted, by);
      if (!created.ok) throw new CommandError(describeFault(created.reason));
      const { client, secret } = created.value;
      context.writeOut(`client_id=${client.id}\n`);
      if (secret !== undefined) context.writeOut(`client_secret=${secret}\n`);
      return 0;
    });
  },
});

function describeClient(given: Readonly<Record<string, unknown>>): WantedClient {
  const schema =
    given.authenticationMethod === 'private_key_jwt' ? wantedKeyClientSchema : wantedSecretClientSchema;
  const parsed = schema.safeParse(given);
  if (parsed.success) return toWantedClient(parsed.data);
  // A member that should not be there has no path of its own: keys for a client with a secret.
  throw optionFault(parsed.error, (member) => EXPECTED[member] ?? '--jwks is for the method private_key_jwt');
}

/** Reads a key set; what the file holds is never quoted. */
async function readKeySet(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw new CommandError(KEYS_EXPECTED);
  }
}

function describeFault(fault: 'role_not_allowed' | 'keys_unacceptable'): string {
  switch (fault) {
    case 'role_not_allowed':
      return 'a client cannot have the role admin';
    case 'keys_unacceptable':
      return KEYS_EXPECTED;
  }
}
