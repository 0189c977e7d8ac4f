/**
 * Creates a maker of request ids: a random part for the process and a number that counts up. Unique without a system call for each; they
 * name requests in answers and logs, and are no secret.
 */
export function createRequestIds(): () => string {
  const prefix = `req_${crypto.getRandomValues(new Uint8Array(8)).toHex()}`;
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}${count.toString(36).padStart(6, '0')}`;
  };
}
