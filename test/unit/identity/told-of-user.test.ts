import { expect, it } from 'vitest';
import { stillHolds, type ToldOfUser } from '../../../src/identity/told-of-user.ts';

const USER: ToldOfUser = { roles: ['doctor', 'patient'], patientId: 'p-1', doctorId: 'd-1' };
const NONE: ToldOfUser = { roles: [], patientId: undefined, doctorId: undefined };

it.each<[string, ToldOfUser, ToldOfUser]>([
  ['is as before', USER, USER],
  ['got a role', { ...USER, roles: ['patient'] }, USER],
  ['got links', NONE, USER],
])('still holds of a user who %s', (_what, told, now) => {
  expect(stillHolds(told, now)).toBe(true);
});

it.each<[string, ToldOfUser]>([
  ['lost a role', { ...USER, roles: ['doctor'] }],
  ['has another role for one', { ...USER, roles: ['admin', 'doctor'] }],
  ['is no patient any more', { ...USER, patientId: undefined }],
  ['is another doctor', { ...USER, doctorId: 'd-2' }],
])('no longer holds of a user who %s', (_what, now) => {
  expect(stillHolds(USER, now)).toBe(false);
});
