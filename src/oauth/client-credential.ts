import { ok, type Result, refused } from '../lib/result.ts';
import { parseBasicCredential } from './basic-credential.ts';
import { readCompactJws } from './compact-jws.ts';
import { decodeFormText, type FormParameters } from './form-body.ts';

/** What a client presents to prove who it is, unverified. */
export type ClientCredential =
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly secret: string;
    }
  | {
      readonly method: 'private_key_jwt';
      /** Who the assertion says that it is from. */
      readonly clientId: string;
      readonly assertion: string;
    };

/** Why there is no credential: none was sent, one that cannot be read, or more than one. */
export type ClientCredentialFault = 'missing' | 'malformed' | 'ambiguous';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Reads the one credential of a client from the `Authorization` field and the form. More than one, and ids that contradict each other, are
 * ambiguous. A `client_id` alone is no credential. Does NOT verify it. @see RFC 6749, section 2.3; RFC 7521, section 4.2; RFC 7523, section 2.2
 */
export function readClientCredential(
  authorization: string | undefined,
  form: FormParameters,
): Result<ClientCredential, ClientCredentialFault> {
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  const assertionType = form.get('client_assertion_type');
  const claimed = form.get('client_id');
  const sent = [authorization, secret, assertion ?? assertionType].filter((one) => one !== undefined);
  // Two header fields come joined by a comma, which no credential of one client holds.
  if (sent.length > 1 || authorization?.includes(',')) return refused('ambiguous');
  if (authorization !== undefined) return agreeing(readBasic(authorization), claimed);
  if (secret !== undefined)
    return claimed === undefined
      ? refused('malformed')
      : ok({ method: 'client_secret_post', clientId: claimed, secret });
  if (assertion === undefined) return refused(assertionType === undefined ? 'missing' : 'malformed');
  if (assertionType !== ASSERTION_TYPE) return refused('malformed');
  return agreeing(readAssertion(assertion), claimed);
}

function agreeing(
  credential: ClientCredential | undefined,
  claimed: string | undefined,
): Result<ClientCredential, ClientCredentialFault> {
  if (credential === undefined) return refused('malformed');
  return claimed === undefined || claimed === credential.clientId ? ok(credential) : refused('ambiguous');
}

/** Inside of Basic, id and secret are form-urlencoded each. @see RFC 6749, section 2.3.1 */
function readBasic(authorization: string): ClientCredential | undefined {
  const basic = parseBasicCredential(authorization);
  const clientId = basic && decodeFormText(basic.userId);
  const secret = basic && decodeFormText(basic.password);
  if (clientId === undefined || secret === undefined) return undefined;
  return { method: 'client_secret_basic', clientId, secret };
}

function readAssertion(assertion: string): ClientCredential | undefined {
  const { sub } = readCompactJws(assertion)?.payload ?? {};
  return typeof sub === 'string' ? { method: 'private_key_jwt', clientId: sub, assertion } : undefined;
}
