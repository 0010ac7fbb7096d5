/** Bounds that keep hostile input from exhausting memory or time. All sizes in bytes. */
export const LIMITS = {
  /** Most entries read from one archive. */
  archiveEntries: 65_536,
  /** Most bytes inflated from one entry. */
  entryBytes: 256 * 1024 * 1024,
  /** Most bytes inflated from one archive in all. */
  archiveBytes: 2 * 1024 * 1024 * 1024,
  /** Largest ratio inflated:compressed of an entry above 1 MiB. */
  compressionRatio: 1_100,
  /** Deepest archive in archive. */
  archiveDepth: 3,
  /** Most strings read from one table. */
  tableStrings: 4_000_000,
  /** Longest string kept whole, in UTF-16 units. */
  stringLength: 65_536,
  /** Largest configuration file read. */
  configBytes: 8 * 1024 * 1024,
  /** Largest report, receipt or list of targets read back. */
  reportBytes: 64 * 1024 * 1024,
  /** Most bytes read from one probed service, per answer. */
  answerBytes: 4 * 1024 * 1024,
} as const;
