import { createPinoLog } from '../adapters/node/pino-log.ts';
import type { Policy } from '../config/compile-policy.ts';
import { createAssertionVerifier } from '../downstream/assertion-verifier.ts';
import { demoText } from './demo/demo-text.ts';
import { seedDemoUsers } from './demo/demo-users.ts';
import { type SampleService, startSampleService } from './demo/sample-service.ts';
import { readConfiguration } from './read-configuration.ts';
import { reloadOnSignal } from './reload-on-signal.ts';
import { describeStartFailure } from './start-failure.ts';
import { startWardgate } from './start-wardgate.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { outboxAddress } from './wiring/wire-mail.ts';

// What a demo may be told from outside; everything else is set here, so that no leftover variable points it at a real database.
const { PORT, LOG_LEVEL, METRICS_TOKEN, WARDGATE_CLIENT_ID, WARDGATE_CLIENT_SECRET } = process.env;
const configuration = await readConfiguration({
  PORT,
  LOG_LEVEL,
  METRICS_TOKEN,
  WARDGATE_CLIENT_ID,
  WARDGATE_CLIENT_SECRET,
});
if (!configuration.ok) {
  process.stderr.write(configuration.reason);
  process.exit(1);
}
const { environment, policy } = configuration.value;
const log = createPinoLog({ level: environment.logLevel });
const services: SampleService[] = [];
const stopServices = async () => {
  await Promise.all(services.map((service) => service.stop()));
};

try {
  process.stdout.write('Starting Postgres, three sample services and the gateway ...\n');
  await startServices(policy, environment.publicUrl);
  const running = await startWardgate(environment, policy, log);
  stopOnSignals(async () => {
    await running.stop();
    await stopServices();
  }, log);
  reloadOnSignal(running, environment, log);
  if (running.core !== undefined)
    await seedDemoUsers(running.core.core.administerUsers, running.core.users, { actor: { kind: 'system' } });
  process.stdout.write(
    demoText({ gatewayUrl: environment.publicUrl, outboxUrl: outboxAddress(environment), services }),
  );
} catch (error) {
  process.stderr.write(`${describeStartFailure(error, environment)}\n`);
  process.exit(1);
}

/** Starts a sample service for each upstream, where the policy file says that it is. */
async function startServices({ upstreams }: Policy, issuer: string): Promise<void> {
  for (const { id, origin, audience } of upstreams) {
    const verifier = createAssertionVerifier({ issuer, audience });
    services.push(await startSampleService(id, Number(new URL(origin).port), verifier));
  }
}
