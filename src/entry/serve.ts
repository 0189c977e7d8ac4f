import { createPinoLog } from '../adapters/node/pino-log.ts';
import { lowerPoolPriority } from '../adapters/node/pool-priority.ts';
import { readConfiguration } from './read-configuration.ts';
import { reloadOnSignal } from './reload-on-signal.ts';
import { describeStartFailure } from './start-failure.ts';
import { startWardgate } from './start-wardgate.ts';
import { stopOnSignals } from './stop-on-signals.ts';

const configuration = await readConfiguration(process.env);
if (!configuration.ok) {
  process.stderr.write(configuration.reason);
  process.exit(1);
}
const { environment, policy } = configuration.value;
const log = createPinoLog({ level: environment.logLevel });
try {
  const running = await startWardgate(environment, policy, log);
  stopOnSignals(running.stop, log);
  reloadOnSignal(running, environment, log);
  // Only a core hashes passwords.
  if (running.core !== undefined) await lowerPoolPriority();
  const { role, host, publicUrl } = environment;
  const { pid } = process;
  // Whoever started it by npm or a script has to signal this process, and not that one.
  log.info('listening', { role, host, port: running.port, public_url: publicUrl, pid });
} catch (error) {
  process.stderr.write(`${describeStartFailure(error, environment)}\n`);
  process.exit(1);
}
