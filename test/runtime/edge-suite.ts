import { afterAll, beforeAll, describe } from 'vitest';
import type { ServerProcess } from '../support/wardgate/wardgate-process.ts';
import { assertionCases } from './assertion-cases.ts';
import { coreCases } from './core-cases.ts';
import { credentialCases } from './credential-cases.ts';
import type { StartEdge } from './edge.ts';
import { forwardingCases } from './forwarding-cases.ts';
import { identityCases } from './identity-cases.ts';
import { machineCases } from './machine-cases.ts';
import { requestLineCases } from './request-line-cases.ts';
import { type RuntimeScene, startRuntimeScene } from './runtime-scene.ts';
import { startCases } from './start-cases.ts';
import { streamCases } from './stream-cases.ts';

/** What the cases are run against; `edge` is there once the first case runs. */
export interface EdgeUnderTest {
  readonly runtime: 'Node' | 'workerd';
  readonly port: number;
  readonly scene: RuntimeScene;
}

/** The suite of black-box requests that every runtime of the edge has to pass. */
export function describeEdge(runtime: EdgeUnderTest['runtime'], startEdge: StartEdge): void {
  let scene: RuntimeScene | undefined;
  let edge: ServerProcess | undefined;
  const underTest = (): EdgeUnderTest => {
    if (scene === undefined || edge === undefined) throw new Error('the edge has not been started');
    return { runtime, port: edge.port, scene };
  };

  describe(`the edge on ${runtime}`, () => {
    beforeAll(async () => {
      scene = await startRuntimeScene();
      edge = await startEdge(scene);
    });
    afterAll(async () => {
      await edge?.stop();
      await scene?.stop();
    });
    // First, because it begins with a core that has never been seen and ends with one that is there.
    startCases(underTest);
    credentialCases(underTest);
    machineCases(underTest);
    identityCases(underTest);
    assertionCases(underTest);
    requestLineCases(underTest);
    forwardingCases(underTest);
    streamCases(underTest);
    coreCases(underTest);
  });
}
