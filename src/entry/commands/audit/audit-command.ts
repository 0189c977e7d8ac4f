import { defineCommand } from 'citty';
import { auditExportCommand } from './audit-export.ts';
import { auditHeadCommand } from './audit-head.ts';
import { auditListCommand } from './audit-list.ts';
import { auditVerifyCommand } from './audit-verify.ts';

/** `wardgate audit …`: what an auditor does. */
export const auditCommand = defineCommand({
  meta: { name: 'audit', description: 'Read, verify and export the audit log' },
  subCommands: {
    list: auditListCommand,
    verify: auditVerifyCommand,
    export: auditExportCommand,
    head: auditHeadCommand,
  },
});
