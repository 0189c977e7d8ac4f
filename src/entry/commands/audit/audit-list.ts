import { defineCommand } from 'citty';
import { toAuditEventJson } from '../../../core/audit/audit-event-json.ts';
import { AUDIT_EVENT_TYPES } from '../../../core/audit/audit-log.ts';
import type { AuditRow } from '../../../core/audit/audit-row.ts';
import { createReadAuditLog } from '../../../core/audit/read-audit-log.ts';
import {
  auditQuerySchema,
  toAuditQuestion,
  writeAuditCursor,
} from '../../../core/http/audit/audit-schema.ts';
import type { CommandContext } from '../command-line.ts';
import { optionFault } from '../option-fault.ts';
import { withDatabase } from '../with-database.ts';

const TIME_EXPECTED = 'expected a time from 1970 to 9999 with its zone, such as 2026-01-15T12:00:00Z';
/** What is expected of each option, by the member that it becomes. */
const EXPECTED: Readonly<Record<string, string>> = {
  type: `--type: expected one of ${AUDIT_EVENT_TYPES.join(', ')}`,
  actor: '--actor: expected the whole id of a user (usr_…), client (cli_…) or API key (apk_…)',
  user: '--user: expected the whole id of a user (usr_…)',
  session: '--session: expected the whole id of a session (ses_…)',
  outcome: '--outcome: expected one of success, refused',
  requestId: '--request-id: expected the id of a request (req_…), as answers and logs name it',
  from: `--from: ${TIME_EXPECTED}`,
  to: `--to: ${TIME_EXPECTED}`,
  limit: '--limit: expected a whole number from 1 to 100',
  cursor: '--cursor: expected what the page before named for the next',
};

/** `wardgate audit list`: prints events, newest first, by the same filters as `GET /v1/audit`; the reading is recorded as there. */
export const auditListCommand = defineCommand({
  meta: { name: 'list', description: 'List events, newest first' },
  args: {
    type: { type: 'string', description: 'Of this type, such as session.begun' },
    actor: { type: 'string', valueHint: 'ID', description: 'Done by this user, client or API key' },
    user: { type: 'string', valueHint: 'ID', description: 'That concern this user' },
    session: { type: 'string', valueHint: 'ID', description: 'In this session, or done to it' },
    outcome: { type: 'string', description: 'success or refused' },
    'request-id': { type: 'string', valueHint: 'ID', description: 'Of this request' },
    from: {
      type: 'string',
      valueHint: 'TIME',
      description: 'Not before this time, such as 2026-01-15T12:00:00Z',
    },
    to: { type: 'string', valueHint: 'TIME', description: 'Before this time' },
    limit: { type: 'string', description: 'How many at most: 1 to 100; 50 if not said' },
    cursor: { type: 'string', description: 'What the page before named for the next' },
    json: { type: 'boolean', description: 'Print lines of JSON' },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async ({ stores: { auditStore }, audit, by }) => {
      const question = readQuestion(args);
      const { rows, next } = await createReadAuditLog({ auditStore, audit })(by, question);
      const write = args.json === true ? (row: AuditRow) => JSON.stringify(toAuditEventJson(row)) : lineOf;
      for (const row of rows) context.writeOut(`${write(row)}\n`);
      if (next !== undefined) context.writeError(`There are more: --cursor ${writeAuditCursor(next)}\n`);
      return 0;
    });
  },
});

type Arguments = Readonly<Record<string, unknown>>;

function readQuestion(args: Arguments): ReturnType<typeof toAuditQuestion> {
  const { type, actor, user, session, outcome, 'request-id': requestId, from, to, limit, cursor } = args;
  const query = { type, actor, user, session, outcome, requestId, from, to, limit, cursor };
  const parsed = auditQuerySchema.safeParse(query);
  if (parsed.success) return toAuditQuestion(parsed.data);
  throw optionFault(parsed.error, (member) => EXPECTED[member] ?? `--${member}: expected something else`);
}

// Whoever tampered with a row must not steer the terminal of who looks at it.
const UNPRINTABLE = /[^\x20-\x7e]/g;

function lineOf(row: AuditRow): string {
  const { at, sequence, type, outcome, reason, actorKind, actorId, targetKind, targetId } = row;
  const { clientAddress, requestId, details } = row;
  const words = [
    at.toISOString(),
    `#${sequence}`,
    type,
    reason === undefined ? outcome : `${outcome} (${reason})`,
    `by ${actorKind}${actorId === undefined ? '' : ` ${actorId}`}`,
    targetId && `on ${targetKind} ${targetId}`,
    clientAddress && `from ${clientAddress}`,
    requestId,
    Object.keys(details).length > 0 && JSON.stringify(details),
  ];
  return words.filter(Boolean).join('  ').replace(UNPRINTABLE, '?');
}
