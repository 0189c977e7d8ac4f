import { describe, expect, it } from 'vitest';
import { addressBelow, metadataPath, pathOfIssuer } from '../../../src/oauth/issuer-address.ts';

describe.each([
  ['https://clinic.example', '', 'https://clinic.example/oauth/token'],
  ['https://clinic.example/', '', 'https://clinic.example/oauth/token'],
  ['https://clinic.example/auth', '/auth', 'https://clinic.example/auth/oauth/token'],
  ['https://clinic.example/a/b/', '/a/b', 'https://clinic.example/a/b/oauth/token'],
])('the issuer %s', (issuer, path, tokenEndpoint) => {
  it('keeps its path in the addresses below it', () => {
    expect(addressBelow(issuer, '/oauth/token')).toBe(tokenEndpoint);
  });

  it('has its metadata at the well-known path, with its own path behind', () => {
    expect(pathOfIssuer(issuer)).toBe(path);
    expect(metadataPath(issuer)).toBe(`/.well-known/oauth-authorization-server${path}`);
  });
});
