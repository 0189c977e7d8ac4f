import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Model, refreshCommands } from './refresh-commands.ts';
import { openWorlds } from './refresh-world.ts';

// Twenty seconds of work on an idle machine.
const TIMEOUT_MS = 300_000;

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds(4);
});
afterAll(() => worlds.close());

it(
  'keeps the rules of refreshing over four processes, whatever is sent, lost, raced, crashed and revoked',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(refreshCommands, { maxCommands: 40, size: '+1' }), async (commands) => {
        const world = await worlds.world();
        const model: Model = { sessions: new Map(), reported: [] };
        await fc.asyncModelRun(() => ({ model, real: world }), commands);
        const reported = world.compromised.filter((id) => model.sessions.has(id));
        expect(reported.sort()).toEqual(model.reported.sort());
      }),
      { numRuns: 30 },
    );
  },
  TIMEOUT_MS,
);
