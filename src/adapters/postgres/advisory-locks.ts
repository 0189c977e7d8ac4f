/**
 * The keys of our advisory locks, which share one space with everything else in the database: 'ward' in ASCII, then a number.
 * @see PostgreSQL manual, section 13.3.5
 */
export const advisoryLocks = {
  migrations: 0x77617264_01,
} as const;
