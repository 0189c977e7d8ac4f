import { z } from 'zod';
import { newUserSchema } from '../../core/http/users/user-administration-schema.ts';
import { recognizePasswordHash, type UnusableHash } from '../../core/passwords/recognize-password-hash.ts';
import type { NewUser } from '../../core/users/user-store.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { expectedOf } from '../commands/users/user-description.ts';
import { IMPORT_COLUMNS } from './import-rows.ts';

const FLAGS: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, '1': true },
  ...{ false: false, f: false, no: false, '0': false },
};
const flag = z
  .union([z.boolean(), z.string().transform((text) => FLAGS[text.trim().toLowerCase()])])
  .pipe(z.boolean())
  .default(false);

const { password: _, ...described } = newUserSchema.shape;
const importedUserSchema = z.strictObject({
  ...described,
  roles: z
    .preprocess(
      (roles) => (typeof roles === 'string' ? roles.split(/[\s,;]+/).filter(Boolean) : roles),
      described.roles,
    )
    .default([]),
  passwordHash: z.string().optional(),
  passwordSalt: z.string().optional(),
  emailVerified: flag,
  disabled: flag,
});

const HASH_FAULTS: Readonly<Record<UnusableHash, string>> = {
  malformed: 'a form of hash that is not known',
  cost_out_of_bounds: 'a hash whose cost is out of bounds',
};

/** Reads the user of a row by the rules of `POST /v1/users`; refuses with all that is wrong by the names of the columns, and never with what was found. */
export function readImportedUser(cells: Readonly<Record<string, unknown>>): Result<NewUser, string> {
  const given = Object.entries(cells).filter(([, value]) => value !== '' && value !== null);
  const members = Object.fromEntries(given.map(([name, value]) => [IMPORT_COLUMNS[name] ?? name, value]));
  const parsed = importedUserSchema.safeParse(members);
  if (!parsed.success) {
    const wrong = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
    const faults = [...wrong].map((member) => `${columnOf(member)}: expected ${expectedOf(member)}`);
    return refused(faults.join('; '));
  }
  const { passwordHash, passwordSalt, patientId, doctorId, ...user } = parsed.data;
  const kept = readHash(passwordHash, passwordSalt);
  return kept.ok ? ok({ ...user, patientId, doctorId, passwordHash: kept.value }) : kept;
}

function readHash(text: string | undefined, salt: string | undefined): Result<string | undefined, string> {
  if (text === undefined)
    return salt === undefined ? ok(undefined) : refused('password_salt: expected a password_hash beside it');
  const recognized = recognizePasswordHash(text, { salt });
  return recognized.ok ? recognized : refused(`password_hash: found ${HASH_FAULTS[recognized.reason]}`);
}

function columnOf(member: string): string {
  return Object.entries(IMPORT_COLUMNS).find(([, name]) => name === member)?.[0] ?? member;
}
