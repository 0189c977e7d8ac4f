import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { silentLog } from '../../../src/lib/log.ts';

process.stdout.write(`${await migrate({ url: process.env.TEST_URL ?? '', log: silentLog })}\n`);
