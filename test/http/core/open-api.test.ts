import { describe, expect, it } from 'vitest';
import { startCoreApp } from '../../support/core-app.ts';

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

describe('the OpenAPI document', () => {
  it('describes every route of the app and nothing else', async () => {
    const { app } = await startCoreApp();
    const document = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Wardgate', version: '1' },
    });
    const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = app.routes
      .filter(({ method, path }) => METHODS.has(method) && path !== '/*')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(described.sort()).toEqual([...new Set(served)].sort());
    expect(described).toContain('POST /v1/auth/sessions');
  });

  it('says that refusals are problem documents, and names no refresh token', async () => {
    const { app } = await startCoreApp();
    const document = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Wardgate', version: '1' },
    });
    const logIn = document.paths?.['/v1/auth/sessions']?.post;
    expect(Object.keys(logIn?.responses ?? {})).toEqual(['201', '400', '401', '403', '413', '415', '503']);
    expect(logIn?.responses?.['401']).toMatchObject({ content: { 'application/problem+json': {} } });
    expect(document.components?.schemas?.LoggedIn).not.toHaveProperty('properties.refreshToken');
  });
});
