import { parse } from 'csv-parse/sync';
import { parseJsonText } from '../../oauth/json-object.ts';
import { CommandError } from '../commands/command-error.ts';
import { splitRecords, type TextRecord } from './split-records.ts';

/** One row of an import file by the names of its columns, or why there is none. */
export type ImportRow = { readonly line: number } & (
  | { readonly cells: Readonly<Record<string, unknown>> }
  | { readonly fault: string }
);

/** The forms of import files. */
export const IMPORT_FORMATS = ['csv', 'jsonl'] as const;
/** One form of import files. */
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** The columns of an import file: what each is called there and in a user. */
export const IMPORT_COLUMNS: Readonly<Record<string, string>> = {
  email: 'email',
  username: 'username',
  display_name: 'displayName',
  roles: 'roles',
  password_hash: 'passwordHash',
  password_salt: 'passwordSalt',
  patient_id: 'patientId',
  doctor_id: 'doctorId',
  email_verified: 'emailVerified',
  disabled: 'disabled',
};
const REQUIRED_COLUMNS = ['email', 'username'];
const COLUMN_LIST = Object.keys(IMPORT_COLUMNS).join(', ');

const FAULTS: Readonly<Record<Extract<TextRecord, { fault: string }>['fault'], string>> = {
  too_long: 'the line is longer than 16 KiB',
  not_utf8: 'the line is not text in UTF-8',
  quote_not_closed: 'a quote that begins in this line is not closed',
};

/**
 * Reads the rows of an import file, one after another. Faults never quote what was found, which may be a hash. Throws CommandError when the header of
 * a CSV file is not right, as then no row means anything. Does NOT judge the cells.
 */
export function readImportRows(
  chunks: AsyncIterable<Uint8Array>,
  format: ImportFormat,
): AsyncGenerator<ImportRow> {
  return format === 'csv' ? readCsv(chunks) : readJsonLines(chunks);
}

async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ImportRow> {
  let columns: readonly string[] | undefined;
  for await (const record of splitRecords(chunks, { quoted: true })) {
    if ('text' in record && record.text.trim() === '') continue;
    const fields = 'text' in record ? parseFields(record.text) : undefined;
    if (columns === undefined) {
      columns = requireColumns(fields);
      continue;
    }
    const { line } = record;
    if ('fault' in record) yield { line, fault: FAULTS[record.fault] };
    else if (fields === undefined) yield { line, fault: 'the line is not well-formed CSV' };
    else if (fields.length !== columns.length)
      yield { line, fault: `expected ${columns.length} fields, found ${fields.length}` };
    else yield { line, cells: Object.fromEntries(columns.map((name, index) => [name, fields[index]])) };
  }
  if (columns === undefined) requireColumns(undefined);
}

function parseFields(text: string): readonly string[] | undefined {
  // Most rows; the parser takes ten times as long to begin anew.
  if (!text.includes('"')) return text.split(',');
  try {
    return parse(text, { relax_column_count: true })[0];
  } catch {
    return undefined;
  }
}

function requireColumns(fields: readonly string[] | undefined): readonly string[] {
  const columns = (fields ?? []).map((name) => name.trim().toLowerCase());
  const unknown = columns.findIndex((name) => !Object.hasOwn(IMPORT_COLUMNS, name));
  const isDoubled = new Set(columns).size < columns.length;
  const isShort = REQUIRED_COLUMNS.some((name) => !columns.includes(name));
  if (unknown === -1 && !isDoubled && !isShort) return columns;
  const found = isDoubled
    ? 'one twice'
    : isShort
      ? 'not both email and username'
      : `another as number ${unknown + 1}`;
  throw new CommandError(`expected a first line of names of columns, of ${COLUMN_LIST}; found ${found}`);
}

async function* readJsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ImportRow> {
  for await (const record of splitRecords(chunks, { quoted: false })) {
    const { line } = record;
    if ('fault' in record) {
      yield { line, fault: FAULTS[record.fault] };
      continue;
    }
    if (record.text.trim() === '') continue;
    const cells = parseJsonText(record.text);
    if (cells === undefined) yield { line, fault: 'the line is not a JSON object' };
    else if (Object.keys(cells).some((name) => !Object.hasOwn(IMPORT_COLUMNS, name)))
      yield { line, fault: `expected only members of ${COLUMN_LIST}` };
    else yield { line, cells };
  }
}
