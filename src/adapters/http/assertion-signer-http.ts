import type { AssertionSigner } from '../../gateway/identity-headers/assertion-signer.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { type CoreQuestionOptions, createCoreQuestion } from './core-question.ts';
import type { Cores } from './cores.ts';

/** Creates the signer of a gateway that runs apart from its core: `POST /internal/assertions`. What the core will not sign is UnavailableError too. */
export function createHttpAssertionSigner(cores: Cores, options: CoreQuestionOptions): AssertionSigner {
  const ask = createCoreQuestion(cores, '/internal/assertions', options);
  return {
    async sign({ subject, sessionId, patientId, doctorId, clientId, actor, ...facts }) {
      const ids = { session_id: sessionId, patient_id: patientId, doctor_id: doctorId, client_id: clientId };
      const answer = await ask({ ...facts, sub: subject, ...ids, act: actor });
      const { token, expires_at: expiresAt } = answer ?? {};
      if (typeof token !== 'string' || token === '' || typeof expiresAt !== 'number')
        throw new UnavailableError('core', 'the core answered something else than an assertion');
      return { token, expiresAt };
    },
  };
}
