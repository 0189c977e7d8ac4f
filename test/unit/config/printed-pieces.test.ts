import { expect, it } from 'vitest';
import { parsePolicyFile } from '../../../src/config/policy-file.ts';
import { readPage, theBlock } from '../../support/docs/page-programs.ts';
import { PUBLIC_URL } from './policy-text.ts';

const HEAD = 'version: 1\ncredentials: [bearer]\nissuers: [{ id: wardgate, audience: clinic }]\n';
const upstreams = (name: string) => `upstreams: { ${name}: { url: http://127.0.0.1:9001 } }\n`;

it.each([
  ['../README.md', 'patient-record', (piece: string) => upstreams('patients') + piece],
  ['token-exchange.md', 'upstreams:', (piece: string) => `${piece}routes: []\n`],
  ['streams.md', 'outlive_token', (piece: string) => `${upstreams('alerts')}routes:\n${piece}`],
] as const)('the piece of a policy file that %s prints is right', async (page, holding, around) => {
  const piece = theBlock(await readPage(page), 'yaml', holding);
  expect(parsePolicyFile(HEAD + around(piece), { publicUrl: PUBLIC_URL })).toMatchObject({ ok: true });
});
