import { AUDIENCE, FOREIGN_ISSUER } from '../support/tokens/tokens.ts';

/** Where the parts of a runtime test are. */
export interface PolicyAddresses {
  readonly records: string;
  readonly alerts: string;
  readonly odd: string;
  /** Where nobody listens. */
  readonly nobody: string;
  readonly keySet: string;
}

/** The policy file of the runtime tests, the same for every runtime. The tests' own address is no trusted proxy. */
export function runtimePolicy({ records, alerts, odd, nobody, keySet }: PolicyAddresses): string {
  return `
version: 1
trusted_proxies: ["192.0.2.1/32"]
credentials: [bearer, session_cookie, access_token_cookie, api_key]
issuers:
  - { id: wardgate, audience: ${AUDIENCE} }
  - id: keycloak
    issuer: ${FOREIGN_ISSUER}
    audience: ${AUDIENCE}
    jwks_uri: ${keySet}
    algorithms: [RS256]
    roles: { claim: realm_access.roles, map: { physician: doctor } }
upstreams:
  records: { url: ${records} }
  alerts: { url: ${alerts} }
  odd: { url: ${odd} }
  slow: { url: ${odd}, timeout: 300ms }
  nobody: { url: ${nobody} }
routes:
  - id: patient-record
    path: /patients/:patientId/**
    methods: [GET]
    upstream: records
    allow:
      - roles: [doctor, admin]
      - roles: [patient]
        where: { path.patientId: claims.patient_id }
  - { id: notes, path: /notes/**, upstream: records, allow: [{ roles: [doctor] }] }
  - { id: alerts, path: /alerts/**, upstream: alerts, allow: [{ roles: [doctor] }] }
  - { id: live, path: /live/**, upstream: records, live: true, allow: [{ roles: [doctor] }] }
  - { id: asserted, path: /asserted/**, upstream: records, assertion: true, allow: [{ roles: [doctor, patient] }] }
  - { id: public, path: /public/**, upstream: records, access: public }
  - { id: odd, path: /odd/**, upstream: odd, access: public }
  - { id: silence, path: /odd/silence, upstream: slow, access: public }
  - { id: nobody, path: /nobody/**, upstream: nobody, access: public }
`;
}
