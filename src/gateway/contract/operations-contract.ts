import { CHALLENGE, documentedProblem, NO_STORE, RETRY_AFTER } from '../../lib/contract-answers.ts';
import type { ContractPart, ContractResponse } from '../../lib/contract-document.ts';

const TAG = 'Operations';

/** The contract of the paths by which a process is watched. @see createOperationsApp */
export const OPERATIONS_CONTRACT: ContractPart = {
  tags: [{ name: TAG, description: 'By which a process is watched.' }],
  securitySchemes: {
    metricsToken: { type: 'http', scheme: 'bearer', description: 'The token of `METRICS_TOKEN`.' },
  },
  paths: {
    '/health': {
      get: {
        operationId: 'getHealth',
        tags: [TAG],
        security: [],
        summary: 'Whether the process can answer',
        description: 'Asks no dependency: for what restarts a process.',
        responses: {
          200: {
            description: 'It can.',
            headers: { ...NO_STORE },
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: { status: { type: 'string', const: 'ok' } },
                  required: ['status'],
                  additionalProperties: false,
                },
              },
            },
          },
        },
      },
    },
    '/ready': {
      get: {
        operationId: 'getReadiness',
        tags: [TAG],
        security: [],
        summary: 'Whether the process should get requests',
        description: 'Asks each dependency: for what spreads requests over processes.',
        responses: {
          200: {
            ...readiness(
              ['ready', 'degraded'],
              '`ready`: every dependency answers. `degraded`: one does not, and requests are decided rightly all the same.',
            ),
            headers: { ...NO_STORE },
          },
          503: {
            ...readiness(
              ['not_ready'],
              'A dependency does not answer without which requests cannot be decided.',
            ),
            headers: { ...NO_STORE, ...RETRY_AFTER },
          },
        },
      },
    },
    '/metrics': {
      get: {
        operationId: 'getMetrics',
        tags: [TAG],
        security: [{ metricsToken: [] }],
        summary: 'The metrics, for Prometheus',
        responses: {
          200: {
            description: "The metrics in Prometheus' text format.",
            headers: { ...NO_STORE },
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
          401: documentedProblem('The token is missing or wrong.', CHALLENGE),
          404: documentedProblem('No `METRICS_TOKEN` is set, so that nobody may read them.'),
        },
      },
    },
  },
};

function readiness(states: readonly string[], description: string): ContractResponse {
  return {
    description,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            status: { type: 'string', enum: states },
            dependencies: {
              type: 'object',
              additionalProperties: { type: 'boolean' },
              description: 'Each dependency by name, and whether it answers.',
              example: { database: true, revocation_feed: true },
            },
          },
          required: ['status', 'dependencies'],
          additionalProperties: false,
        },
      },
    },
  };
}
