import { describe, expect, it } from 'vitest';
import { createAccessLog } from '../../../../src/adapters/node/access-log.ts';
import type { RequestRecord } from '../../../../src/gateway/handling.ts';
import { buildRequestRecord } from '../../../support/gateway/request-records.ts';

function lineOf(overrides: Partial<RequestRecord>, status = 200, durationMs = 1.2345) {
  const lines: string[] = [];
  const log = createAccessLog(
    { add: (line) => lines.push(line), flush: () => {}, droppedLines: 0 },
    () => 1_700_000_000_000,
  );
  log.observe(buildRequestRecord(overrides), status, durationMs);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
  return JSON.parse(lines[0] ?? '');
}

describe('createAccessLog', () => {
  it('writes a line of JSON with what was decided', () => {
    expect(lineOf({})).toEqual({
      level: 30,
      time: 1_700_000_000_000,
      msg: 'request',
      request_id: 'req_1',
      mode: 'proxy',
      method: 'GET',
      path: '/patients/p-100/vitals',
      route: 'patient-record',
      status: 200,
      outcome: 'allow',
      subject: 'usr_1',
      client: '192.0.2.1',
      duration_us: 1235,
    });
  });

  it('says why a stream was ended before its time', () => {
    expect(lineOf({ ended: 'session_revoked' })).toMatchObject({
      ended: 'session_revoked',
      outcome: 'allow',
    });
    expect(lineOf({})).not.toHaveProperty('ended');
  });

  it('says what a path of our own refused the request with', () => {
    expect(lineOf({ mode: 'app', outcome: 'answered', code: 'invalid_client' }, 401)).toMatchObject({
      status: 401,
      outcome: 'answered',
      code: 'invalid_client',
    });
    expect(lineOf({ mode: 'app', outcome: 'answered' })).not.toHaveProperty('code');
  });

  it('leaves out what is not known', () => {
    const line = lineOf({
      path: undefined,
      routeId: undefined,
      subject: undefined,
      clientAddress: undefined,
    });
    expect(Object.keys(line)).not.toEqual(expect.arrayContaining(['path']));
    expect(line).not.toHaveProperty('subject');
  });

  it.each(['a"b', 'a\\b', 'a\nb', 'a\u0000b', 'ä', '\u2028', '{"level":60}', '"},{"x":"'])(
    'keeps %j one value on one line',
    (text) => {
      expect(lineOf({ subject: text, method: text, path: text })).toMatchObject({
        subject: text,
        method: text,
        path: text,
      });
    },
  );
});
