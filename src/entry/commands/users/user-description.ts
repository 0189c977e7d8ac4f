import { PASSWORD_LENGTH_MIN, type PasswordFault } from '../../../core/passwords/password-policy.ts';
import type { CreationRefusal } from '../../../core/users/administer-users.ts';
import type { UniqueMember } from '../../../core/users/user-store.ts';

/** The members of a user that a person describes, and what is expected of each. */
const EXPECTED: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  username:
    'a username: letters, digits, dots, dashes and underscores, 64 at most, not beginning like an id of ours',
  displayName: 'a display name of one line, 128 characters at most',
  roles: 'role names: lower-case letters, digits and _ . : -, 32 roles at most',
  patientId: 'an id of visible characters without spaces, 128 at most',
  doctorId: 'an id of visible characters without spaces, 128 at most',
  password: 'a password of 1024 characters at most',
  emailVerified: 'true or false',
  disabled: 'true or false',
  passwordHash: 'a text',
  passwordSalt: 'a text',
};

const TAKEN: Readonly<Record<UniqueMember, string>> = {
  email: 'another user has this e-mail address',
  username: 'another user has this username',
  patient_id: 'another user is linked to this patient',
  doctor_id: 'another user is linked to this doctor',
};

const PASSWORD_FAULTS: Readonly<Record<PasswordFault, string>> = {
  too_short: `the password is too short: ${PASSWORD_LENGTH_MIN} characters at least`,
  too_long: 'the password is too long: 256 characters at most',
  too_common: 'the password is one of the commonest',
  contains_context: "the password is mostly made of the user's names or of words of this service",
};

/** What was expected of a member of a user that is not so; never what was found. */
export function expectedOf(member: string): string {
  return EXPECTED[member] ?? 'something else';
}

/** What is taken, for the person at the terminal. */
export function describeTaken(member: UniqueMember): string {
  return TAKEN[member];
}

/** Why a user was not created, for the person at the terminal. */
export function describeCreationRefusal(refusal: CreationRefusal): string {
  switch (refusal.kind) {
    case 'taken':
      return describeTaken(refusal.member);
    case 'password':
      return PASSWORD_FAULTS[refusal.fault];
  }
}
