import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { CoreApp } from '../../../src/core/http/core-env.ts';
import {
  type ContractDocument,
  type ContractPart,
  type ContractResponse,
  listOperations,
  type PlacedOperation,
} from '../../../src/lib/contract-document.ts';
import { PROBLEM_CONTENT_TYPE } from '../../../src/lib/problem.ts';
import { noteAnswered, noteDocumented } from './seen-answers.ts';

/** Holds one answer against the contract; throws where the contract does not say that it can happen. */
export type AnswerCheck = (method: string, path: string, response: Response) => Promise<void>;

const checks = new Map<string, Promise<AnswerCheck>>();

/**
 * Creates the check of answers against an app's own contract, once for all apps that have the same routes: definitions are shared, apps are many.
 * `besides` is what the app was told to describe besides its routes.
 */
export function answerCheckOf(app: CoreApp, besides?: ContractPart): Promise<AnswerCheck> {
  const own = app.routes.map(({ method, path }) => `${method} ${path}`);
  const routes = [...own, ...Object.keys(besides?.paths ?? {})].join('\n');
  const known = checks.get(routes);
  if (known !== undefined) return known;
  const check = readContract(app).then(createAnswerCheck);
  checks.set(routes, check);
  return check;
}

async function readContract(app: CoreApp): Promise<ContractDocument> {
  const response = await app.request('/docs.json', {}, { requestId: 'req-docs', clientAddress: undefined });
  return response.json();
}

/**
 * Creates the check of answers against a contract: status, content type, body and the header fields that are always there. What is at no documented
 * path, or is asked for by another method, must be a refusal with a problem document.
 */
export function createAnswerCheck(contract: ContractDocument): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  ajv.addFormat('date-time', (text: string) => new Date(text).toJSON() === text);
  ajv.addSchema({ ...contract, $id: 'contract:' }, 'contract:');
  const operations = listOperations(contract).sort(
    // Literal paths come before those with parameters, as in the router.
    (left, right) => Number(left.path.includes('{')) - Number(right.path.includes('{')),
  );
  noteDocumented(operations);
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (pointer: string) => {
    const validator = validators.get(pointer) ?? ajv.compile({ $ref: `contract:#${pointer}` });
    validators.set(pointer, validator);
    return validator;
  };

  return async (method, path, response) => {
    const { status, headers } = response;
    const fail = (why: string) => {
      throw new Error(`${method} ${path} answered ${status}, ${why}`);
    };
    const placed = findOperation(operations, method, path);
    if (placed === undefined) {
      if (![400, 401, 404, 405, 413].includes(status) || contentTypeOf(response) !== PROBLEM_CONTENT_TYPE)
        fail('but the contract has no such operation');
      return;
    }
    const documented = placed.operation.responses[status];
    if (documented === undefined) return fail('which the contract does not document');
    for (const [name, { required }] of Object.entries(documented.headers ?? {}))
      if (required && !headers.has(name)) fail(`without the documented header field ${name}`);
    if (method === 'HEAD') return;
    const steps = ['paths', placed.path, placed.method.toLowerCase(), 'responses', String(status), 'content'];
    const wrong = await findWrongInBody(response, documented, (contentType) =>
      validatorOf([...steps, contentType, 'schema'].map((step) => `/${escapeStep(step)}`).join('')),
    );
    if (wrong !== undefined) fail(wrong);
    noteAnswered(placed, status);
  };
}

async function findWrongInBody(
  response: Response,
  documented: ContractResponse,
  validatorOf: (contentType: string) => ValidateFunction,
): Promise<string | undefined> {
  const body = await response.clone().text();
  if (documented.content === undefined)
    return body === '' ? undefined : 'with a body that the contract does not document';
  const contentType = contentTypeOf(response);
  if (contentType === undefined || documented.content[contentType] === undefined)
    return `with the content type ${contentType}, which the contract does not document`;
  const validate = validatorOf(contentType);
  if (validate(contentType.endsWith('json') ? JSON.parse(body) : body)) return undefined;
  const problems = validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`) ?? [];
  return `with a body unlike the contract: ${problems.join(', ')}`;
}

function contentTypeOf(response: Response): string | undefined {
  return response.headers.get('content-type')?.split(';')[0];
}

function findOperation(
  operations: readonly PlacedOperation[],
  method: string,
  path: string,
): PlacedOperation | undefined {
  const { pathname } = new URL(path, 'https://gate.test');
  const wanted = method === 'HEAD' ? 'GET' : method;
  return operations.find((one) => one.method === wanted && patternOf(one.path).test(pathname));
}

function patternOf(path: string): RegExp {
  const steps = path.split('/').map((step) => (step.startsWith('{') ? '[^/]+' : RegExp.escape(step)));
  return new RegExp(`^${steps.join('/')}$`);
}

/** @see RFC 6901, section 3, and section 6 for the fragment of a URI */
function escapeStep(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
