import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The issuer and audience of the bench's tokens. */
export const ISSUER = 'https://gateway.example';
/** @see ISSUER */
export const AUDIENCE = 'clinic';
/** What the gateway's metrics are asked for with. */
export const METRICS_TOKEN = 'bench-metrics-token-0123456789';
/** The path that every contender is asked for, and the forward-auth request about it. */
export const PATH = '/patients/p-100/vitals';
/** nginx's question about that path. */
export const QUESTION = {
  path: '/_gateway/auth/nginx',
  headers: { 'x-original-method': 'GET', 'x-original-uri': PATH },
};

function route(index: number): string {
  return `  - id: route-${index}
    path: /service-${index}/:id/**
    upstream: patients
    allow: [{ roles: [doctor], scopes: [patients:read] }]
`;
}

/** Writes a policy file with as many routes: the one that is asked for, and others. */
export function writePolicy(folder: string, routes: number, upstreamPort: number): string {
  const file = join(folder, `gateway-${routes}.yaml`);
  const others = Array.from({ length: routes - 1 }, (_, index) => route(index));
  const text = `version: 1
trusted_proxies: ["127.0.0.1/32"]
credentials: [bearer, session_cookie]
issuers:
  - { id: wardgate, audience: ${AUDIENCE} }
upstreams:
  patients: { url: "http://127.0.0.1:${upstreamPort}" }
routes:
  - id: patient-record
    path: /patients/:patientId/**
    methods: [GET]
    upstream: patients
    allow:
      - roles: [doctor, admin]
      - roles: [patient]
        where: { path.patientId: claims.patient_id }
${others.join('')}`;
  writeFileSync(file, text);
  return file;
}

/** The environment of a gateway as one would run it: role `gateway`, production, access log and metrics on. */
export function wardgateEnvironment(
  port: number,
  corePort: number,
  policyFile: string,
): Record<string, string> {
  return {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'info',
    METRICS_TOKEN,
    WARDGATE_ROLE: 'gateway',
    WARDGATE_CONFIG: policyFile,
    WARDGATE_PUBLIC_URL: ISSUER,
    WARDGATE_CORE_URL: `http://127.0.0.1:${corePort}`,
    WARDGATE_CLIENT_ID: 'bench-gateway',
    WARDGATE_CLIENT_SECRET: 'bench-client-secret-0123456789',
  };
}
