import type { Context, MiddlewareHandler } from 'hono';
import { ADMIN_ROLE } from '../../../identity/role-name.ts';
import { withoutAbsent } from '../../../lib/without-absent.ts';
import type { IdleLimits } from '../../sessions/session-limits.ts';
import type { SessionStore } from '../../sessions/session-store.ts';
import type { AdministerUsers, ChangeRefusal } from '../../users/administer-users.ts';
import type { UniqueMember, UserChange, UserStore } from '../../users/user-store.ts';
import { administratorOf } from '../administrator-of.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { problemResponse } from '../problem-response.ts';
import { createRequireRole } from '../require-role.ts';
import { toSessionBody } from '../sessions/session-schema.ts';
import {
  changeUserRoute,
  createUserRoute,
  deleteUserRoute,
  endUserSessionsRoute,
  listUserSessionsRoute,
  listUsersRoute,
  readUserRoute,
} from './user-administration-definitions.ts';
import { toAdministeredUserBody } from './user-administration-schema.ts';
import { readUserCursor, writeUserCursor } from './user-cursor.ts';

/** What the administration of users works by. */
export interface UserAdministrationOptions {
  readonly requireCaller: MiddlewareHandler<CoreEnv>;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly limits: IdleLimits;
  readonly administerUsers: AdministerUsers;
}

/** Adds `/v1/users…`: what administrators see of users and do with them. */
export function addUserAdministrationRoutes(app: CoreApp, options: UserAdministrationOptions): void {
  const requireAdmin = createRequireRole(ADMIN_ROLE);
  for (const [methods, path] of [
    [['GET', 'POST'], '/v1/users'],
    [['GET', 'PATCH', 'DELETE'], '/v1/users/:id'],
    [['GET', 'DELETE'], '/v1/users/:id/sessions'],
  ] as const)
    app.on([...methods], path, options.requireCaller, requireAdmin);
  addReadingRoutes(app, options);
  addChangingRoutes(app, options.administerUsers);
  addSessionRoutes(app, options);
}

function addReadingRoutes(app: CoreApp, { users }: UserAdministrationOptions): void {
  app.openapi(listUsersRoute, async (c) => {
    const { search, role, limit, cursor } = c.req.valid('query');
    const after = cursor === undefined ? undefined : readUserCursor(cursor);
    const page = await users.list({ search, role, limit, after });
    const next = page.next === undefined ? {} : { nextCursor: writeUserCursor(page.next) };
    return c.json({ users: page.users.map(toAdministeredUserBody), ...next }, 200);
  });

  app.openapi(readUserRoute, async (c) => {
    const user = await users.findById(c.req.valid('param').id);
    if (user === undefined) return problemResponse(c, 'not_found');
    return c.json({ user: toAdministeredUserBody(user) }, 200);
  });
}

function addChangingRoutes(app: CoreApp, administerUsers: AdministerUsers): void {
  app.openapi(createUserRoute, async (c) => {
    const body = c.req.valid('json');
    const { email, username, displayName, password, roles, patientId, doctorId } = body;
    const links = { patientId, doctorId };
    const user = { email, username, displayName, password, roles, ...links };
    const outcome = await administerUsers.create(administratorOf(c), user);
    if (outcome.ok) return c.json({ user: toAdministeredUserBody(outcome.value) }, 201);
    const refusal = outcome.reason;
    switch (refusal.kind) {
      case 'taken':
        return problemResponse(c, 'conflict', {}, { member: wireNameOf(refusal.member) });
      case 'password':
        return problemResponse(c, 'password_unacceptable', {}, { reasons: [refusal.fault] });
    }
  });

  app.openapi(changeUserRoute, async (c) => {
    const change = withoutAbsent<UserChange>(c.req.valid('json'));
    const outcome = await administerUsers.change(administratorOf(c), c.req.valid('param').id, change);
    if (outcome.ok) return c.json({ user: toAdministeredUserBody(outcome.value) }, 200);
    return changeRefused(c, outcome.reason);
  });

  app.openapi(deleteUserRoute, async (c) => {
    const outcome = await administerUsers.remove(administratorOf(c), c.req.valid('param').id);
    return outcome.ok ? c.body(null, 204) : changeRefused(c, outcome.reason);
  });
}

function addSessionRoutes(app: CoreApp, options: UserAdministrationOptions): void {
  const { users, sessions, limits, administerUsers } = options;
  app.openapi(listUserSessionsRoute, async (c) => {
    const { id } = c.req.valid('param');
    if ((await users.findById(id)) === undefined) return problemResponse(c, 'not_found');
    const active = await sessions.listActive(id, limits);
    return c.json({ sessions: active.map((each) => toSessionBody(each, c.var.caller.session.id)) }, 200);
  });

  app.openapi(endUserSessionsRoute, async (c) => {
    const outcome = await administerUsers.endSessions(administratorOf(c), c.req.valid('param').id);
    return outcome.ok ? c.body(null, 204) : problemResponse(c, 'not_found');
  });
}

function changeRefused(c: Context<CoreEnv>, refusal: ChangeRefusal) {
  switch (refusal.kind) {
    case 'not_found':
      return problemResponse(c, 'not_found');
    case 'own_account':
      return problemResponse(c, 'own_account');
    case 'last_admin':
      return problemResponse(c, 'last_admin');
    case 'taken':
      return problemResponse(c, 'conflict', {}, { member: wireNameOf(refusal.member) });
  }
}

/** A member's name as the bodies here write it. */
function wireNameOf(member: UniqueMember): string {
  switch (member) {
    case 'email':
    case 'username':
      return member;
    case 'patient_id':
      return 'patientId';
    case 'doctor_id':
      return 'doctorId';
  }
}
