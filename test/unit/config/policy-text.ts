import type { Policy } from '../../../src/config/compile-policy.ts';
import { type ConfigProblem, formatConfigProblem } from '../../../src/config/config-problem.ts';
import { parsePolicyFile } from '../../../src/config/policy-file.ts';

/** The public address of the policies in these tests. */
export const PUBLIC_URL = 'https://gateway.example';

/** A right policy file, to be made wrong: each piece stands on lines of its own. */
export const RIGHT = `version: 1
trusted_proxies: ["127.0.0.1/32"]
credentials: [bearer]
issuers:
  - id: wardgate
    audience: clinic
  - id: keycloak
    issuer: https://id.example/realms/clinic
    audience: clinic
role_scopes:
  doctor: [alerts:read]
upstreams:
  patients:
    url: http://127.0.0.1:9001
routes:
  - id: record
    path: /patients/:patientId/**
    methods: [GET]
    upstream: patients
    allow:
      - roles: [doctor]
      - where: { path.patientId: claims.patient_id }
`;

/** The right file with one piece replaced; throws where the piece is not there, so that no test passes by accident. */
export function wrong(piece: string, replacement: string): string {
  if (!RIGHT.includes(piece)) throw new Error(`the right file has no ${piece}`);
  return RIGHT.replace(piece, () => replacement);
}

/** The policy of a text that is expected to be right. */
export function policyOf(text: string): Policy {
  const parsed = parsePolicyFile(text, { publicUrl: PUBLIC_URL });
  if (!parsed.ok)
    throw new Error(parsed.reason.map((problem) => formatConfigProblem(problem, 'policy')).join('\n'));
  return parsed.value;
}

/** The problems of a text; none where it is right. */
export function problemsOf(text: string): readonly ConfigProblem[] {
  const parsed = parsePolicyFile(text, { publicUrl: PUBLIC_URL });
  return parsed.ok ? [] : parsed.reason;
}

/** The problems as lines: `LINE:COLUMN path: message`. */
export function problemLines(text: string): string[] {
  return problemsOf(text).map((problem) => formatConfigProblem(problem, '').trim().replace(/^:/, ''));
}
