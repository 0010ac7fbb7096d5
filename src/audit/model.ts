/** The contract between the audit runner, the formats and the rules. */
import type { TextEdit } from '../core/patch.ts';
import type { Rule } from '../core/rule.ts';
import type { Confidence, Severity } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';
import type { DeclaredService } from './declared.ts';
import type { ComposeDocument, ComposeService } from './formats/compose/read.ts';
import type { SettingsDocument } from './formats/elasticsearch/read.ts';
import type { HbaDocument } from './formats/pg-hba/read.ts';
import type { PostgresqlDocument } from './formats/postgresql/read.ts';
import type { RedisDocument } from './formats/redis/read.ts';
import type { Source, Span } from './source.ts';

/** The documents that formats read, by format name. */
export interface Documents {
  'docker-compose': ComposeDocument;
  'elasticsearch.yml': SettingsDocument;
  'redis.conf': RedisDocument;
  'postgresql.conf': PostgresqlDocument;
  'pg_hba.conf': HbaDocument;
}
export type FormatName = keyof Documents;

/** What a format makes of one file. `partial`: something in it was not understood, `skips` say what. */
export interface Reading<D> {
  document: D;
  status: 'read' | 'partial' | 'failed';
  skips: Skip[];
}

/** How formats see the files beside theirs (`.env`, `env_file`). */
export interface Siblings {
  /** Text of a file given relative to the audited root, or null. */
  text(path: string): string | null;
}

export interface Format<N extends FormatName> {
  readonly name: N;
  /** True when a file of this text (and name) is of this format. Cheap: it runs on every text file. */
  recognises(path: string, text: string): boolean;
  read(source: Source, siblings: Siblings): Reading<Documents[N]>;
}

/** A file that was read, as the rules see it. */
export interface ReadFile<N extends FormatName = FormatName> {
  format: N;
  source: Source;
  document: Documents[N];
}

/** A container that runs the engine a native configuration file belongs to, because it mounts that file. */
export interface Runtime {
  compose: ReadFile<'docker-compose'>;
  service: ComposeService;
  declared: DeclaredService;
}

/** What a rule may ask about the rest of the tree. */
export interface RuleContext {
  /** Containers that mount the file being judged. */
  runtimes: readonly Runtime[];
  /** The files of a format that a compose service mounts; `missing` when it mounts something that was not found. */
  mounted<N extends FormatName>(service: ComposeService, format: N): { files: ReadFile<N>[]; missing: boolean };
  /** The files of a format in the same folder as the file being judged. */
  beside<N extends FormatName>(format: N): ReadFile<N>[];
  /** Says that something could not be judged, and why. */
  unknown(subject: string, reason: string): void;
}

/** A change that clears a hit. */
export interface Fix {
  edits: TextEdit[];
  title: string;
  blastRadius: string;
  needsConfirmation: boolean;
}

/** One place where a rule's fact holds. */
export interface Hit {
  /** The setting's path in its format's own terms; with the rule and the asset it makes the fingerprint. */
  pointer: string;
  span: Span;
  /** What stands there; secrets by length only. */
  actual: string;
  expected: string;
  message: string;
  /** Compose service that it is about; the file itself without it. */
  service?: string;
  severity?: Severity;
  confidence?: Confidence;
  fix?: Fix | null;
}

/** A rule and the check that raises it. */
export interface AuditRule<N extends FormatName = FormatName> extends Rule {
  readonly format: N;
  check(file: ReadFile<N>, context: RuleContext): Iterable<Hit>;
}

/** Gives a rule its type without widening it. */
export function defineRule<N extends FormatName>(rule: AuditRule<N>): AuditRule<N> {
  return rule;
}
