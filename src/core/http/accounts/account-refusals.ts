import { bodyRefusals, problemOf } from '../problem-schema.ts';

/** The refusals of every route that takes a body from anybody, for the contract. */
export const publicRefusals = {
  400: problemOf('The body is not what is expected.'),
  ...bodyRefusals,
  503: problemOf('This cannot be done right now.'),
};

/** The refusals of every route that takes a body from a user, for the contract. */
export const callerRefusals = {
  ...publicRefusals,
  400: problemOf('The body is not what is expected, or there is more than one credential.'),
  401: problemOf('No credential, or none that is valid.'),
};
