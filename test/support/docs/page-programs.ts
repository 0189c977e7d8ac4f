import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../wardgate/installed-downstream.ts';

/** Reads a page of `docs/` by its name. */
export function readPage(name: string): Promise<string> {
  return readFile(join(REPOSITORY, 'docs', name), 'utf8');
}

/** The blocks of a page in a language, in order. */
export function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code = '']) => code,
  );
}

/** The one block of a page in a language that holds a text. Throws where there is none or another. */
export function theBlock(page: string, language: string, holding: string | RegExp): string {
  const [block, ...others] = blocksOf(page, language).filter((code) => code.search(holding) >= 0);
  if (block === undefined || others.length > 0)
    throw new Error(`not exactly one block in ${language} with ${holding}`);
  return block;
}
