/** The form of an API key at rest: its SHA-256. A plain hash is enough, because nobody can guess 256 random bits. */
export async function hashApiKey(key: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)));
}
