import { CORE_ISSUER_ID } from '../identity/principal.ts';
import { ISSUED_ALGORITHMS } from './core-settings-schema.ts';
import { describeFound } from './describe-found.ts';
import { type Complain, checkUnique, looseList, looseMap } from './loose-values.ts';

const FOREIGN_KEYS = ['issuer', 'types', 'roles', 'jwks_uri'] as const;

/** Checks what issuers demand of each other: one id and one `iss` each, and what only our own core or only a foreign issuer has. */
export function checkIssuers(file: unknown, publicUrl: string, complain: Complain): void {
  const issuers = looseList(looseMap(file).issuers).map(looseMap);
  checkUnique(
    issuers.map(({ id }) => id),
    (index) => ['issuers', index, 'id'],
    'each issuer id',
    complain,
  );
  checkUnique(
    issuers.map(({ issuer }) => issuer),
    (index) => ['issuers', index, 'issuer'],
    'each issuer address',
    complain,
  );
  issuers.forEach((issuer, index) => {
    if (issuer.id === CORE_ISSUER_ID) checkOwnIssuer(issuer, index, complain);
    else checkForeignIssuer(issuer, index, publicUrl, complain);
  });
}

function checkOwnIssuer(issuer: Readonly<Record<string, unknown>>, index: number, complain: Complain): void {
  for (const key of FOREIGN_KEYS) {
    if (issuer[key] === undefined) continue;
    const message = `expected no ${key} for ${CORE_ISSUER_ID}, which is our own core, found ${describeFound(issuer[key])}`;
    complain(['issuers', index, key], message, 'key');
  }
  looseList(issuer.algorithms).forEach((algorithm, place) => {
    if (typeof algorithm !== 'string' || ISSUED_ALGORITHMS.some((issued) => issued === algorithm)) return;
    const message = `expected one of ${ISSUED_ALGORITHMS.join(', ')}, which our own core can sign with, found ${describeFound(algorithm)}`;
    complain(['issuers', index, 'algorithms', place], message);
  });
}

function checkForeignIssuer(
  { issuer }: Readonly<Record<string, unknown>>,
  index: number,
  publicUrl: string,
  complain: Complain,
): void {
  const path = ['issuers', index, 'issuer'];
  if (issuer === undefined) {
    complain(
      path,
      `expected the address of the issuer (only the id ${CORE_ISSUER_ID} goes without), found nothing`,
    );
  } else if (issuer === publicUrl) {
    complain(
      path,
      `expected another issuer than our own (its id is ${CORE_ISSUER_ID}), found ${describeFound(issuer)}`,
    );
  }
}
