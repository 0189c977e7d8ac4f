import { type IdentityFor, type MiddlewareOptions, requiredIdentity } from './required-identity.ts';

/** What is used of Hono's context. */
export interface HonoContext {
  readonly req: { readonly raw: { readonly headers: Headers } };
  set(key: 'identity', value: unknown): void;
}

/** The variables that the middleware sets, for `new Hono<{ Variables: IdentityVariables }>()`. */
export interface IdentityVariables<Options extends MiddlewareOptions = MiddlewareOptions> {
  identity: IdentityFor<Options>;
}

/**
 * Creates a middleware for Hono that sets `c.get('identity')`, or answers 401 or 503 with a problem document. Does NOT judge roles: that is
 * for the policy file's routes, or for the handler.
 */
export function honoIdentity(
  options: MiddlewareOptions = {},
): (c: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  return async function identity(c, next) {
    const admission = await requiredIdentity(c.req.raw, options);
    if (admission.kind === 'answer') {
      const { status, headers, body } = admission.answer;
      const fields = new Headers();
      for (let index = 0; index < headers.length; index += 2)
        fields.append(headers[index] ?? '', headers[index + 1] ?? '');
      return new Response(body, { status, headers: fields });
    }
    c.set('identity', admission.identity);
    await next();
    return undefined;
  };
}
