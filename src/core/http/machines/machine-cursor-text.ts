import { z } from '@hono/zod-openapi';
import type { MachineCursor } from '../../machines/machine-cursor.ts';

/** The query parameter that continues a list of programs whose ids have the prefix given. */
export function machineCursorSchema(prefix: 'apk' | 'cli') {
  return z
    .string()
    .regex(new RegExp(String.raw`^\d{1,13}\.${prefix}_[0-9a-f]{32}$`))
    .optional()
    .openapi({ description: '`nextCursor` of the page before.' });
}

/** Writes a place in a list as one text. Holds nothing that the list does not show. */
export function writeMachineCursor({ createdAt, id }: MachineCursor): string {
  return `${createdAt.getTime()}.${id}`;
}

/** Reads what `machineCursorSchema` let through. */
export function readMachineCursor(text: string | undefined): MachineCursor | undefined {
  if (text === undefined) return undefined;
  const [time, id = ''] = text.split('.');
  return { createdAt: new Date(Number(time)), id };
}
