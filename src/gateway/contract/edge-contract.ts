import type { ContractPart } from '../../lib/contract-document.ts';
import { FORWARD_AUTH_CONTRACT } from './forward-auth-contract.ts';
import { OPERATIONS_CONTRACT } from './operations-contract.ts';

/** The contract of what a process answers besides the core: a core that runs apart has no edge to ask. Does NOT hold the routes of the policy file. */
export function edgeContract({ hasEdge }: { readonly hasEdge: boolean }): ContractPart {
  const parts = hasEdge ? [OPERATIONS_CONTRACT, FORWARD_AUTH_CONTRACT] : [OPERATIONS_CONTRACT];
  return {
    tags: parts.flatMap(({ tags }) => tags),
    securitySchemes: Object.assign({}, ...parts.map(({ securitySchemes }) => securitySchemes)),
    paths: Object.assign({}, ...parts.map(({ paths }) => paths)),
  };
}
