import type { ActiveSession, SessionLookup } from '../../gateway/session-lookup.ts';
import { stillHolds } from '../../identity/told-of-user.ts';
import { isTexts, textOf } from '../../lib/texts.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import { type CoreQuestionOptions, createCoreQuestion } from './core-question.ts';
import type { Cores } from './cores.ts';

/** Creates the session look-up of a gateway that runs apart from its core: `POST /internal/sessions/lookup`. */
export function createHttpSessionLookup(cores: Cores, options: CoreQuestionOptions): SessionLookup {
  const ask = createCoreQuestion(cores, '/internal/sessions/lookup', options);
  const find = async (question: Readonly<Record<string, string | undefined>>) => {
    const answer = await ask(question);
    return answer && readSession(answer);
  };
  return {
    findByToken: (token) => find({ token }),
    async isActive(sessionId, tokenId, told) {
      const session = await find({ session_id: sessionId, token_id: tokenId });
      return session !== undefined && (told === undefined || stillHolds(told, session));
    },
  };
}

function readSession(answer: JsonObject): ActiveSession {
  const {
    active,
    session_id: sessionId,
    user_id: userId,
    username,
    roles,
    scopes,
    expires_at: expiresAt,
  } = answer;
  if (
    active !== true ||
    typeof sessionId !== 'string' ||
    typeof userId !== 'string' ||
    typeof username !== 'string' ||
    typeof expiresAt !== 'number' ||
    !isTexts(roles) ||
    !isTexts(scopes)
  )
    throw new UnavailableError('core', 'the core answered something else than a session');
  const links = { patientId: textOf(answer.patient_id), doctorId: textOf(answer.doctor_id) };
  return { sessionId, userId, username, roles, scopes, expiresAt, ...links, ...readAuthentication(answer) };
}

function readAuthentication({ auth_time: authTime, acr, amr }: JsonObject) {
  return {
    authTime: typeof authTime === 'number' ? authTime : undefined,
    acr: textOf(acr),
    amr: isTexts(amr) ? amr : undefined,
  };
}
