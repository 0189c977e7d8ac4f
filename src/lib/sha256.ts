/** The SHA-256 of a text's UTF-8 bytes. Does NOT make a password safe to store: those need a slow hash. */
export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
