import { caddyDialect } from './caddy-dialect.ts';
import type { Dialect } from './dialect.ts';
import { nginxDialect } from './nginx-dialect.ts';
import { traefikDialect } from './traefik-dialect.ts';

/** Every dialect that is spoken. */
export const DIALECTS: readonly Dialect[] = [nginxDialect, traefikDialect, caddyDialect];

const BY_PATH: ReadonlyMap<string, Dialect> = new Map(DIALECTS.map((dialect) => [dialect.path, dialect]));

/** The dialect spoken at a canonical path: exactly that path, no trailing slash, no case folding, nothing below it. */
export function findDialect(canonicalPath: string): Dialect | undefined {
  return BY_PATH.get(canonicalPath);
}
