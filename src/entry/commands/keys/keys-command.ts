import { defineCommand } from 'citty';
import { generateKeyCommand, revokeKeyCommand, rotateKeysCommand } from './change-keys.ts';
import { exportKeyCommand } from './export-key.ts';
import { importKeyCommand } from './import-key.ts';
import { listKeysCommand } from './list-keys.ts';
import { resealKeysCommand } from './reseal-keys.ts';

/** `wardgate keys …` */
export const keysCommand = defineCommand({
  meta: { name: 'keys', description: 'Look after the keys that tokens are signed with' },
  subCommands: {
    list: listKeysCommand,
    generate: generateKeyCommand,
    rotate: rotateKeysCommand,
    revoke: revokeKeyCommand,
    reseal: resealKeysCommand,
    import: importKeyCommand,
    export: exportKeyCommand,
  },
});
