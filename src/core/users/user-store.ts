import { ADMIN_ROLE } from '../../identity/role-name.ts';

/** A user's account as the core knows it. `passwordHash` never leaves the core. */
export interface User {
  /** `usr_…` */
  readonly id: string;
  /** Lower-case; unique. */
  readonly email: string;
  /** When the user was seen to read mail at that address; `undefined` while it was not. */
  readonly emailVerifiedAt: Date | undefined;
  /** Unique without regard to case; holds no at sign. */
  readonly username: string;
  readonly displayName: string | undefined;
  /** A PHC string, or a hash of another system until the first log-in. */
  readonly passwordHash: string | undefined;
  readonly roles: readonly string[];
  /** Links to the records of the clinical services; each unique among users. */
  readonly patientId: string | undefined;
  readonly doctorId: string | undefined;
  readonly disabledAt: Date | undefined;
  /** When something that tokens tell of was last taken from the user: those that were issued until then are dead. Of a user who is changed just now it may still be the time before. */
  readonly revokedAt: Date | undefined;
  readonly createdAt: Date;
}

/** What it takes to create a user; the store adds id and time. */
export type NewUser = Pick<
  User,
  'email' | 'username' | 'passwordHash' | 'roles' | 'patientId' | 'doctorId'
> & {
  readonly displayName?: string | undefined;
  readonly emailVerified?: boolean;
  readonly disabled?: boolean;
};

/** What changes of a user: a member that is absent stays, `null` empties it. */
export interface UserChange {
  readonly email?: string;
  /** Follows a change of `email` to false unless it is said. */
  readonly emailVerified?: boolean;
  readonly username?: string;
  readonly displayName?: string | null;
  readonly roles?: readonly string[];
  readonly patientId?: string | null;
  readonly doctorId?: string | null;
  readonly disabled?: boolean;
}

/** A part of the list of users, oldest first. */
export interface UserPage {
  readonly users: readonly User[];
  /** Where the next page begins; `undefined` on the last. */
  readonly next: UserCursor | undefined;
}

/** A place in the list of users: behind this one. */
export interface UserCursor {
  readonly createdAt: Date;
  readonly id: string;
}

/** What is unique among users, and so may be taken. */
export type UniqueMember = 'email' | 'username' | 'patient_id' | 'doctor_id';

/** Port: users at rest. A deleted user is not there for any method. Every method throws UnavailableError ('database') when the store could not tell. */
export interface UserStore {
  /** Finds by e-mail address or username, without regard to case. Does NOT look at whether the user is disabled. */
  findByLogin(login: string): Promise<User | undefined>;
  findById(userId: string): Promise<User | undefined>;
  /** Creates a user, or says what is taken; then nothing is changed. */
  create(user: NewUser): Promise<{ kind: 'created'; user: User } | { kind: 'taken'; member: UniqueMember }>;
  /**
   * Changes a user in one atomic act. `last_admin`: nobody else who is not disabled has the role `admin`, so it stays with this user, also when two
   * take it from each other at once. Does NOT end sessions.
   */
  update(
    userId: string,
    change: UserChange,
  ): Promise<
    | { kind: 'updated'; user: User }
    | { kind: 'taken'; member: UniqueMember }
    | { kind: 'not_found' | 'last_admin' }
  >;
  /**
   * Sets the password hash; with `onlyIf`, when the stored one is still that one, so that a rehash never undoes a change made meanwhile.
   * Answers whether it was set.
   */
  setPasswordHash(userId: string, phc: string, onlyIf?: string): Promise<boolean>;
  /** Reads the password hashes of at most so many users, chosen at random; there may be the same one several times. */
  samplePasswordHashes(count: number): Promise<readonly string[]>;
  /** Notes that the user reads mail at that address, if it is still the user's. Answers whether it is. */
  verifyEmail(userId: string, email: string): Promise<boolean>;
  /**
   * Deletes a user: everything personal goes, e-mail address, username and links are free again, one-time tokens die, and an empty row stays for what
   * points to it. `last_admin` as with `update`. Does NOT end sessions: do that in the same act.
   */
  delete(userId: string): Promise<'deleted' | 'not_found' | 'last_admin'>;
  /** Lists users by time of creation, oldest first; `search` is part of an e-mail address, a username or a display name, or a whole id or link. */
  list(query: {
    readonly search: string | undefined;
    readonly role: string | undefined;
    readonly after: UserCursor | undefined;
    readonly limit: number;
  }): Promise<UserPage>;
}

/** Tells whether a change takes the administration from a user who has it. */
export function takesAdministration({ disabled, roles }: UserChange): boolean {
  return disabled === true || (roles !== undefined && !roles.includes(ADMIN_ROLE));
}
