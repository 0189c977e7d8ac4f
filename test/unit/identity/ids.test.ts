import { describe, expect, it } from 'vitest';
import { createId, hasIdShape, isId } from '../../../src/identity/ids.ts';

describe('ids', () => {
  it('are told by kind, and every kind has the shape of an id in either case', () => {
    for (const kind of ['user', 'session', 'client', 'api_key', 'key', 'refresh_key', 'token'] as const) {
      const id = createId(kind);
      expect(isId(kind, id)).toBe(true);
      expect(hasIdShape(id)).toBe(true);
      expect(hasIdShape(id.toUpperCase())).toBe(true);
    }
    expect(isId('session', createId('user'))).toBe(false);
  });

  it('are not what merely holds a prefix', () => {
    for (const name of ['user_1', 'usr', 'my_usr_1', 'usr-1', 'clinic_1', ''])
      expect(hasIdShape(name)).toBe(false);
  });
});
