import type { Environment } from '../config/environment.ts';
import { explainFailure } from './explain-failure.ts';

/** Says in a sentence why a start failed and what to do; whatever has no such sentence is a bug and keeps its stack. */
export function describeStartFailure(
  error: unknown,
  environment: Pick<Environment, 'host' | 'port'>,
): string {
  if (!(error instanceof Error)) return 'wardgate did not start';
  const code = 'code' in error ? error.code : undefined;
  const { host, port } = environment;
  if (code === 'EADDRINUSE') {
    const taken = portOf(error) ?? port;
    const remedy = taken === port ? 'stop it, or set PORT to a free one' : 'stop it first';
    return `port ${taken} on ${host} is taken by another process: ${remedy}`;
  }
  if (code === 'EACCES')
    return `port ${port} on ${host} may not be used by this user: set PORT to 1024 or above`;
  const explanation = explainFailure(error);
  if (explanation !== undefined) return `wardgate did not start: ${explanation}`;
  return error.stack ?? error.message;
}

function portOf(error: Error): number | undefined {
  return 'port' in error && typeof error.port === 'number' ? error.port : undefined;
}
