import { DEMO_PASSWORD, DEMO_USERS } from './demo-users.ts';

/** What the demo prints when it is ready: addresses, users, and commands that work when pasted, in this order. */
export function demoText(options: {
  readonly gatewayUrl: string;
  /** Where mails are shown that nobody sends. */
  readonly outboxUrl: string;
  readonly services: readonly { readonly name: string; readonly port: number }[];
}): string {
  const { gatewayUrl, outboxUrl } = options;
  const services = options.services.map(({ name, port }) => `  ${name.padEnd(9)} http://127.0.0.1:${port}`);
  return `
Wardgate is ready.

  gateway   ${gatewayUrl}
  mails     ${outboxUrl}   (nobody sends them)
${services.join('\n')}   (reached through the gateway)

Users, password ${DEMO_PASSWORD}
${userLines().join('\n')}

${commands(gatewayUrl, options.services)}${mailCommands(gatewayUrl, outboxUrl)}
Ctrl-C stops everything.
`;
}

function userLines(): string[] {
  return DEMO_USERS.map(({ email, roles, patientId, doctorId }) => {
    const link =
      patientId !== undefined
        ? `patient_id ${patientId}`
        : doctorId !== undefined
          ? `doctor_id ${doctorId}`
          : '';
    return `  ${email.padEnd(18)} ${roles.join(', ').padEnd(8)} ${link}`.trimEnd();
  });
}

function commands(gatewayUrl: string, services: readonly { name: string; port: number }[]): string {
  const patients = `http://127.0.0.1:${services.find(({ name }) => name === 'patients')?.port}`;
  return `Try it in another terminal:

  # log in, and keep the access tokens of a doctor and of a patient
${login('DOCTOR', 'doctor@demo.test', gatewayUrl)}
${login('PATIENT', 'patient@demo.test', gatewayUrl)}

  # 200: the service is told who is calling, in X-User-Id and X-User-Roles
  curl -siw '\\n' ${gatewayUrl}/patients/p-100/vitals -H "Authorization: Bearer $DOCTOR"

  # 200: a patient reads the own record; 403: another one's
  curl -siw '\\n' ${gatewayUrl}/patients/p-100/vitals -H "Authorization: Bearer $PATIENT"
  curl -siw '\\n' ${gatewayUrl}/patients/p-101/vitals -H "Authorization: Bearer $PATIENT"

  # 200: the service verifies by a signed assertion who is calling; asked directly, past the gateway, it answers 401
  curl -siw '\\n' ${gatewayUrl}/patients/p-100/letters -H "Authorization: Bearer $DOCTOR"
  curl -siw '\\n' ${patients}/patients/p-100/letters -H 'X-User-Id: somebody-else'

  # 401: no credential; 200: a public route, with empty identity headers; 404: nothing is routed there
  curl -siw '\\n' ${gatewayUrl}/patients/p-100/vitals
  curl -siw '\\n' ${gatewayUrl}/public/x -H 'X-User-Id: somebody-else'
  curl -siw '\\n' ${gatewayUrl}/nowhere

  # a stream of events, in the background; it ends when the session is ended below, and its last event says session_revoked
  curl -sN ${gatewayUrl}/alerts/stream -H "Authorization: Bearer $DOCTOR" & sleep 2

  # who am I; end the session; 401: the token is dead at once
  curl -sw '\\n' ${gatewayUrl}/v1/auth/me -H "Authorization: Bearer $DOCTOR"
  curl -siw '\\n' -X POST ${gatewayUrl}/v1/auth/sessions/current/revoke -H "Authorization: Bearer $DOCTOR"
  curl -siw '\\n' ${gatewayUrl}/patients/p-100/vitals -H "Authorization: Bearer $DOCTOR"

`;
}

function mailCommands(gatewayUrl: string, outboxUrl: string): string {
  return `  # forgot the password: 202, and the link is in the outbox
  curl -siw '\\n' ${gatewayUrl}/v1/auth/password/forgot -H 'Content-Type: application/json' -d '{"email":"patient@demo.test"}'
  curl -s ${outboxUrl} | grep -o 'http[^"<]*#token=[^"<]*' | head -1

`;
}

function login(variable: string, email: string, gatewayUrl: string): string {
  const body = JSON.stringify({ login: email, password: DEMO_PASSWORD });
  return `  ${variable}=$(curl -s ${gatewayUrl}/v1/auth/sessions -H 'Content-Type: application/json' -d '${body}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`;
}
