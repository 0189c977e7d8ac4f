/** Text files that the Worker's bundle takes in. */
declare module '*.yaml' {
  const text: string;
  export default text;
}

/** The part of the Workers runtime that the entry uses. */
declare module 'cloudflare:workers' {
  export function waitUntil(work: Promise<unknown>): void;
}
