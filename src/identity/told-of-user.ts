import { textOf } from '../lib/texts.ts';
import type { Principal } from './principal.ts';

/** What a credential tells of its user that can be taken away while the session goes on. */
export interface ToldOfUser {
  readonly roles: readonly string[];
  readonly patientId: string | undefined;
  readonly doctorId: string | undefined;
}

/** Reads what the credential of one of our own users tells. */
export function toldOfUser({ roles, claims }: Principal): ToldOfUser {
  return { roles, patientId: textOf(claims.patient_id), doctorId: textOf(claims.doctor_id) };
}

/** Whether a user, as he is now, still has all that a credential tells. What he was given since makes no difference. */
export function stillHolds(told: ToldOfUser, now: ToldOfUser): boolean {
  return (
    told.roles.every((role) => now.roles.includes(role)) &&
    (told.patientId === undefined || told.patientId === now.patientId) &&
    (told.doctorId === undefined || told.doctorId === now.doctorId)
  );
}
