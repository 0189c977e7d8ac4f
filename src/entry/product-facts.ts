import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ProcessRole } from '../config/environment-variables.ts';
import type { ProductFacts } from '../core/http/docs/build-contract.ts';
import { edgeContract } from '../gateway/contract/edge-contract.ts';

const manifestSchema = z.object({ version: z.string(), description: z.string(), license: z.string() });

/**
 * Reads what the product says of itself from its own `package.json`, and adds what a process of that role answers besides the core. Throws where
 * the file is missing or does not say it.
 */
export async function readProductFacts(role: ProcessRole): Promise<ProductFacts> {
  const manifest = manifestSchema.parse(
    JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')),
  );
  return { ...manifest, besides: edgeContract({ hasEdge: role === 'all' }) };
}
