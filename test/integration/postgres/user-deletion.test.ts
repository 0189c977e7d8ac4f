import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresUserStore } from '../../../src/adapters/postgres/user-store-postgres.ts';
import { addUser } from '../../contract/stores-under-test.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const addToken = (userId: string) => test.database.sql`
  insert into one_time_tokens (user_id, purpose, token_hash, email, expires_at)
  values (${userId}, 'password_reset', sha256(${userId}::bytea), 'a@clinic.test', now() + interval '1 minute')`;
const ownersOfTokens = async () =>
  (await test.database.sql`select user_id from one_time_tokens`).map(({ user_id }) => user_id);

it('takes the links in mails along, and leaves them where the deletion is refused', async () => {
  const users = createPostgresUserStore(test.database);
  const admin = await addUser(users, { roles: ['admin'] });
  const [user, other] = [await addUser(users), await addUser(users)];
  for (const { id } of [admin, user, other]) await addToken(id);
  expect(await users.delete(user.id)).toBe('deleted');
  expect(await users.delete(admin.id)).toBe('last_admin');
  expect((await ownersOfTokens()).toSorted()).toEqual([admin.id, other.id].toSorted());
});
