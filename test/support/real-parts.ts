import { spawnSync } from 'node:child_process';

/**
 * Tells whether a program of the system is there. Where it is not, prints why its tests are skipped; under CI that is an error, because
 * CI skips nothing.
 */
export function hasProgram(name: string, versionArgument = '--version'): boolean {
  const found = spawnSync(name, [versionArgument], { stdio: 'ignore' }).error === undefined;
  if (!found && process.env.CI === 'true')
    throw new Error(`${name} is missing, and CI skips nothing: install Debian's package ${name}`);
  if (!found) console.warn(`skipped: ${name} is not installed; Debian's package is called ${name}`);
  return found;
}
