import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ProductFacts } from '../core/http/docs/build-contract.ts';

const manifestSchema = z.object({ version: z.string(), description: z.string(), license: z.string() });

/** Reads what the product says of itself from its own `package.json`. Throws where that is missing or does not say it. */
export async function readProductFacts(): Promise<ProductFacts> {
  return manifestSchema.parse(
    JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')),
  );
}
