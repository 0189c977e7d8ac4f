import { problemOf } from './problem-schema.ts';

/** The refusals of every route that is for administrators, for the contract. */
export const administrationRefusals = {
  400: problemOf('The request is not what is expected, or carries more than one credential.'),
  401: problemOf('No credential, or none that is valid.'),
  403: problemOf('The caller is no administrator, or a page of another origin uses its cookie.'),
  503: problemOf('This cannot be told or done right now.'),
};
