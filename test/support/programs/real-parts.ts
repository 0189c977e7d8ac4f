import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Tells whether a program of the system is there. Where it is not, prints why its tests are skipped; under CI that is an error, because
 * CI skips nothing.
 */
export function hasProgram(name: string, versionArgument = '--version'): boolean {
  const found = spawnSync(name, [versionArgument], { stdio: 'ignore' }).error === undefined;
  return foundOrSkipped(found, name, name);
}

/** Tells the same of a part that is no program, by a file or a directory of its Debian package. */
export function hasPart(path: string, debianPackage: string): boolean {
  return foundOrSkipped(existsSync(path), path, debianPackage);
}

function foundOrSkipped(found: boolean, name: string, debianPackage: string): boolean {
  if (!found && process.env.CI === 'true')
    throw new Error(`${name} is missing, and CI skips nothing: install Debian's package ${debianPackage}`);
  if (!found) console.warn(`skipped: ${name} is not installed; Debian's package is called ${debianPackage}`);
  return found;
}
