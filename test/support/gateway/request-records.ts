import type { RequestRecord } from '../../../src/gateway/handling.ts';

/** The record of an allowed, proxied request; shows only what matters. */
export function buildRequestRecord(overrides: Partial<RequestRecord> = {}): RequestRecord {
  return {
    requestId: 'req_1',
    mode: 'proxy',
    method: 'GET',
    path: '/patients/p-100/vitals',
    routeId: 'patient-record',
    outcome: 'allow',
    rejected: undefined,
    subject: 'usr_1',
    clientAddress: '192.0.2.1',
    ...overrides,
  };
}
