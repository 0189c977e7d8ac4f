import { DrizzleQueryError } from 'drizzle-orm/errors';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { isBrokenConnection, toPortError } from '../../../../src/adapters/postgres/database-errors.ts';

const SECRET = 'd-200-secret';

function postgresError(code: string, fields: Record<string, string> = {}): Error {
  const detail = `Key (doctor_id)=(${SECRET}) already exists.`;
  return Object.assign(new postgres.PostgresError(`failed on ${SECRET}`), { code, detail, ...fields });
}

function coded(code: string, fields: Record<string, string> = {}): Error {
  return Object.assign(new Error(`${code} ${SECRET}`), { code, ...fields });
}

const asQuery = (error: Error) => new DrizzleQueryError('select $1', [SECRET], error);

describe('toPortError', () => {
  it.each([
    ['connection failure', postgresError('08006')],
    ['invalid password', postgresError('28P01')],
    ['deadlock', postgresError('40P01')],
    ['disk full', postgresError('53100')],
    ['too many connections', postgresError('53300')],
    ['lock not available', postgresError('55P03')],
    ['statement timeout', postgresError('57014')],
    ['shutdown', postgresError('57P01')],
    ['starting up', postgresError('57P03')],
    ['input or output error', postgresError('58030')],
    ['a standby that was the primary', postgresError('25006')],
    ['no such database', postgresError('3D000')],
    ['a refused connection', coded('ECONNREFUSED', { syscall: 'connect' })],
    ['an unknown host', coded('ENOTFOUND', { syscall: 'getaddrinfo' })],
    ['a connect timeout', coded('CONNECT_TIMEOUT')],
    ['a closed connection', coded('CONNECTION_CLOSED')],
    ['a closed pool', coded('CONNECTION_ENDED')],
    ['a destroyed connection', coded('CONNECTION_DESTROYED')],
    ['a connection that nobody took', coded('CONNECTION_REFUSED')],
    ['a write after the end', coded('EPIPE')],
    ['a write to a socket that closes', coded('ERR_STREAM_DESTROYED')],
    ['an untrusted certificate', coded('SELF_SIGNED_CERT_IN_CHAIN')],
    [
      'several refused addresses',
      Object.assign(new AggregateError([coded('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
    ],
  ])('says that the database could not tell: %s', (_what, error) => {
    for (const thrown of [error, asQuery(error)]) {
      const told = toPortError(thrown);
      expect(told).toMatchObject({ name: 'UnavailableError', dependency: 'database' });
      expect(String(told)).not.toContain(SECRET);
    }
  });

  it.each([
    ['syntax error', '42601'],
    ['unknown column', '42703'],
    ['unique violation', '23505'],
    ['check violation', '23514'],
    ['invalid text', '22021'],
    ['failed transaction', '25P02'],
  ])('keeps a bug a bug, without what was stored: %s', (_what, code) => {
    const told = toPortError(asQuery(postgresError(code, { constraint_name: 'users_doctor_id_unique' })));
    expect(told).toMatchObject({
      name: 'StatementError',
      sqlState: code,
      constraint: 'users_doctor_id_unique',
    });
    expect(told).toHaveProperty('message', expect.stringContaining('select $1'));
    expect(`${told} ${JSON.stringify(told)} ${(told as Error).stack}`).not.toContain(SECRET);
    expect(told).not.toHaveProperty('cause');
  });

  it('unwraps what the driver calls a bug, because the wrapper tells the parameters', () => {
    const bug = Object.assign(new Error('Undefined values are not allowed'), { code: 'UNDEFINED_VALUE' });
    expect(toPortError(asQuery(bug))).toBe(bug);
  });

  it('gives anything else back as it is', () => {
    for (const thrown of [new Error('mine'), new TypeError('mine'), 'text', undefined])
      expect(toPortError(thrown)).toBe(thrown);
  });
});

describe('isBrokenConnection', () => {
  it.each([
    ['a closed connection', coded('CONNECTION_CLOSED')],
    ['a destroyed connection', coded('CONNECTION_DESTROYED')],
    ['a reset', coded('ECONNRESET', { syscall: 'read' })],
    ['a broken pipe', coded('EPIPE', { syscall: 'write' })],
    ['a write after the end', coded('EPIPE')],
    ['a write to a socket that closes', coded('ERR_STREAM_DESTROYED')],
  ])('counts %s', (_what, error) => {
    for (const thrown of [error, asQuery(error)]) expect(isBrokenConnection(thrown)).toBe(true);
  });

  it.each([
    ['a statement timeout', postgresError('57014')],
    ['too many connections', postgresError('53300')],
    ['a server that starts', postgresError('57P03')],
    ['a refused connection', coded('ECONNREFUSED', { syscall: 'connect' })],
    ['a connection that nobody took', coded('CONNECTION_REFUSED')],
    ['a connect timeout', coded('CONNECT_TIMEOUT')],
    ['a closed pool', coded('CONNECTION_ENDED')],
    ['an error of our own', new TypeError('mine')],
  ])('does not count %s', (_what, error) => {
    for (const thrown of [error, asQuery(error)]) expect(isBrokenConnection(thrown)).toBe(false);
  });
});
