import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readProductFacts } from '../../../src/entry/product-facts.ts';
import { startCoreApp } from '../core/core-app.ts';

// Writes the contract of a core on stores in memory into the file that the first argument names, for the linter.
const [file = 'node_modules/.cache/wardgate/openapi.json'] = process.argv.slice(2);
const { send } = await startCoreApp({ about: await readProductFacts('all') });
const contract = await (await send('GET', '/docs.json')).json();
await mkdir(dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(contract, null, 2)}\n`);
