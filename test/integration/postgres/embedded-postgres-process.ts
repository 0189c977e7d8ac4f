import { startEmbeddedPostgres } from '../../../src/adapters/node/embedded-postgres/embedded-postgres.ts';
import { silentLog } from '../../../src/lib/log.ts';

const dataDirectory = process.env.TEST_DATA_DIRECTORY ?? '';
const server = await startEmbeddedPostgres({ dataDirectory, log: silentLog, durable: false });
process.stdout.write(`${server.url}\n`);
