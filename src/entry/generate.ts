import { mkdir, writeFile } from 'node:fs/promises';
import { renderConfigurationReference } from '../config/configuration-reference.ts';
import { createPolicyJsonSchema } from '../config/policy-json-schema.ts';

const root = new URL('../../', import.meta.url);
await mkdir(new URL('docs/', root), { recursive: true });
await writeFile(
  new URL('gateway-config/gateway.schema.json', root),
  `${JSON.stringify(createPolicyJsonSchema(), null, 2)}\n`,
);
await writeFile(new URL('docs/configuration.md', root), renderConfigurationReference());
