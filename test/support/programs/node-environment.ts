import { join } from 'node:path';

/**
 * What every Node process of the product is started with, besides its own variables: where programs are, and where lies what Node compiled
 * before, for most of a short process's time is its loading.
 */
export const NODE_ENVIRONMENT = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../../node_modules/.cache/wardgate/compiled'),
};
