/** A user's account as the core knows it. `passwordHash` is a PHC string and never leaves the core. */
export interface User {
  /** `usr_…` */
  readonly id: string;
  /** Lower-case; unique. */
  readonly email: string;
  /** Unique without regard to case. */
  readonly username: string;
  readonly passwordHash: string | undefined;
  readonly roles: readonly string[];
  /** Links to the records of the clinical services; each unique among users. */
  readonly patientId: string | undefined;
  readonly doctorId: string | undefined;
  readonly disabledAt: Date | undefined;
  readonly createdAt: Date;
}

/** What it takes to create a user; the store adds id and time. */
export type NewUser = Pick<User, 'email' | 'username' | 'passwordHash' | 'roles' | 'patientId' | 'doctorId'>;

/** Port: users at rest. Every method throws UnavailableError ('database') when the store could not tell. */
export interface UserStore {
  /** Finds by e-mail address or username, without regard to case. Does NOT look at whether the user is disabled. */
  findByLogin(login: string): Promise<User | undefined>;
  findById(userId: string): Promise<User | undefined>;
  /** Creates a user, or says that the e-mail, username or link is taken; then nothing is changed. */
  create(user: NewUser): Promise<{ kind: 'created'; user: User } | { kind: 'taken' }>;
}
