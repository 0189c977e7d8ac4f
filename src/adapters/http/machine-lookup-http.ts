import type { ActiveApiKey, MachineLookup } from '../../gateway/machine-lookup.ts';
import { isTexts } from '../../lib/texts.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import { type CoreQuestionOptions, createCoreQuestion } from './core-question.ts';
import type { Cores } from './cores.ts';

/** Creates the look-up of programs of a gateway that runs apart from its core: `POST /internal/machines/lookup`. */
export function createHttpMachineLookup(cores: Cores, options: CoreQuestionOptions): MachineLookup {
  const ask = createCoreQuestion(cores, '/internal/machines/lookup', options);
  const find = async (question: Readonly<Record<string, string | undefined>>) => {
    const answer = await ask(question);
    return answer && readApiKey(answer);
  };
  return {
    findApiKey: (key) => find({ api_key: key }),
    isActive: async (id, tokenId) => (await find({ id, token_id: tokenId })) !== undefined,
  };
}

function readApiKey({ active, id, roles, scopes, expires_at: expiresAt }: JsonObject): ActiveApiKey {
  if (
    active !== true ||
    typeof id !== 'string' ||
    !isTexts(roles) ||
    !isTexts(scopes) ||
    (expiresAt !== undefined && typeof expiresAt !== 'number')
  )
    throw new UnavailableError('core', 'the core answered something else than an API key');
  return { id, roles, scopes, expiresAt };
}
