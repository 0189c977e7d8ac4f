import type { Violation } from './violation.ts';

// Built from parts, so that this file does not hold what it forbids.
const MACHINE_PATHS = new RegExp(`(?<![\\w.-])/(?:${['work', 'tmp/bash_jobs', 'home/[a-z]+'].join('|')})/`);
const HOST = /https?:\/\/([a-z0-9.-]+(?::\d+)?)/gi;
const PACKAGE_FILES = /(?:^|\/)(?:package-lock\.json|\.npmrc|Dockerfile|\.yarnrc\.yml)$/;

/** Holds that no file of the repository knows the machine or the package registry of whoever wrote it; `.npmrc` keeps the lockfile so. */
export function checkRepository(files: ReadonlyMap<string, string>): readonly Violation[] {
  const found: Violation[] = [];
  for (const [file, text] of files) {
    const path = MACHINE_PATHS.exec(text)?.[0];
    if (path !== undefined) found.push({ rule: 'machine-paths', file, says: `names ${path}` });
    const registries = [...text.matchAll(/"resolved":\s*"([^"]+)"|^registry\s*=\s*(.+)$/gm)]
      .flatMap(([, resolved, registry]) => [...(resolved ?? registry ?? '').matchAll(HOST)])
      .map(([, host]) => host ?? '');
    const foreign = PACKAGE_FILES.test(file) ? registries[0] : undefined;
    if (foreign !== undefined)
      found.push({ rule: 'registry-hosts', file, says: `names the registry ${foreign}` });
  }
  return found;
}
