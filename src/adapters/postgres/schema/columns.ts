import { type SQL, sql } from 'drizzle-orm';
import { type AnyPgColumn, customType, timestamp } from 'drizzle-orm/pg-core';

/** Bytes, as a plain `Uint8Array`: the driver's are Node's `Buffer`, which is not equal to one. */
export const bytea = customType<{ data: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => new Uint8Array(value as Uint8Array),
});

/** A time in milliseconds, as `Date` holds it: what was read is equal to what is stored. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** A text without regard to case, for unique indexes. */
export const lower = (column: AnyPgColumn): SQL => sql`lower(${column})`;

/**
 * Holds for a column of role names, which are joined by commas in a header: each has their shape, and the count tells an element
 * `a,admin` from two roles.
 */
export const areRoleNames = (roles: AnyPgColumn): SQL =>
  sql`(${roles} = '{}' or array_to_string(${roles}, ',') ~ '^[a-z0-9][a-z0-9_.:-]{0,127}(,[a-z0-9][a-z0-9_.:-]{0,127})*$') and cardinality(string_to_array(array_to_string(${roles}, ','), ',')) = cardinality(${roles})`;

/** Holds for a column of scope tokens, which are joined by spaces in a claim. @see RFC 6749, section 3.3 */
export const areScopes = (scopes: AnyPgColumn): SQL =>
  sql`(${scopes} = '{}' or array_to_string(${scopes}, ' ') ~ '^[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*$') and cardinality(string_to_array(array_to_string(${scopes}, ' '), ' ')) = cardinality(${scopes})`;

/** Holds for a column of audiences: none is empty, and none has a space or anything beyond visible ASCII. */
export const areAudiences = (audiences: AnyPgColumn): SQL =>
  sql`(${audiences} = '{}' or array_to_string(${audiences}, ' ') ~ '^[!-~]+( [!-~]+)*$') and cardinality(string_to_array(array_to_string(${audiences}, ' '), ' ')) = cardinality(${audiences})`;
