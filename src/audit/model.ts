/** The contract between the audit runner, the formats and the rules. */
import type { TextEdit } from '../core/patch.ts';
import type { Guidance, Rule } from '../core/rule.ts';
import type { Confidence, Severity } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';
import type { Container } from './containers/model.ts';
import type { DeclaredService } from './declared.ts';
import type { Facts } from './facts.ts';
import type { AppSettingsDocument } from './formats/app-settings/read.ts';
import type { CassandraDocument } from './formats/cassandra/read.ts';
import type { CiDocument } from './formats/ci/read.ts';
import type { CloudformationDocument } from './formats/cloudformation/read.ts';
import type { ComposeDocument } from './formats/compose/read.ts';
import type { CouchdbDocument } from './formats/couchdb/read.ts';
import type { DockerfileDocument } from './formats/dockerfile/read.ts';
import type { SettingsDocument } from './formats/elasticsearch/read.ts';
import type { RtdbDocument } from './formats/firebase-rtdb/read.ts';
import type { FirebaseRulesDocument } from './formats/firebase-rules/read.ts';
import type { HaproxyDocument } from './formats/haproxy/read.ts';
import type { HelmValuesDocument } from './formats/helm-values/read.ts';
import type { IptablesDocument } from './formats/iptables/read.ts';
import type { KubernetesDocument } from './formats/kubernetes/read.ts';
import type { MemcachedDocument } from './formats/memcached/read.ts';
import type { MongodDocument } from './formats/mongod/read.ts';
import type { MosquittoDocument } from './formats/mosquitto/read.ts';
import type { MyCnfDocument } from './formats/my-cnf/read.ts';
import type { NftablesDocument } from './formats/nftables/read.ts';
import type { NginxDocument } from './formats/nginx/read.ts';
import type { OpensearchDocument } from './formats/opensearch/read.ts';
import type { OpensearchSecurityDocument } from './formats/opensearch-security/read.ts';
import type { HbaDocument } from './formats/pg-hba/read.ts';
import type { PostgresqlDocument } from './formats/postgresql/read.ts';
import type { RedisDocument } from './formats/redis/read.ts';
import type { RedisAclDocument } from './formats/redis-acl/read.ts';
import type { BucketPolicyDocument } from './formats/s3-bucket-policy/read.ts';
import type { SupabaseConfigDocument } from './formats/supabase-config/read.ts';
import type { SupabaseSqlDocument } from './formats/supabase-sql/read.ts';
import type { TerraformDocument } from './formats/terraform/read.ts';
import type { UfwDocument } from './formats/ufw/read.ts';
import type { Source, Span } from './source.ts';

/** The documents that formats read, by format name. */
export interface Documents {
  nftables: NftablesDocument;
  'iptables-save': IptablesDocument;
  ufw: UfwDocument;
  'pg_hba.conf': HbaDocument;
  'postgresql.conf': PostgresqlDocument;
  'redis.acl': RedisAclDocument;
  'redis.conf': RedisDocument;
  'memcached.conf': MemcachedDocument;
  'mosquitto.conf': MosquittoDocument;
  'my.cnf': MyCnfDocument;
  'couchdb.ini': CouchdbDocument;
  nginx: NginxDocument;
  haproxy: HaproxyDocument;
  dockerfile: DockerfileDocument;
  'firestore.rules': FirebaseRulesDocument;
  'storage.rules': FirebaseRulesDocument;
  'firebase-rtdb': RtdbDocument;
  's3-bucket-policy': BucketPolicyDocument;
  'supabase-config': SupabaseConfigDocument;
  'supabase-sql': SupabaseSqlDocument;
  terraform: TerraformDocument;
  kubernetes: KubernetesDocument;
  cloudformation: CloudformationDocument;
  'docker-compose': ComposeDocument;
  ci: CiDocument;
  'opensearch-security': OpensearchSecurityDocument;
  'opensearch.yml': OpensearchDocument;
  'elasticsearch.yml': SettingsDocument;
  'mongod.conf': MongodDocument;
  'cassandra.yaml': CassandraDocument;
  'helm-values': HelmValuesDocument;
  'app-settings': AppSettingsDocument;
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

/** One setting of a document, whatever its format: what rules of the user match on. */
export interface SettingView {
  /** The setting's path in its format's own terms; of several alike each has its own (`user[2].password`). */
  pointer: string;
  /** As text; the elements of a list one by one. */
  values: readonly string[];
  /** Of the value; of the name when there is none. The text there is the value as it is written. */
  span: Span;
  /** The file it stands in, where that is not the document's own (an include, an override). */
  source?: Source;
}

/** A text of another format that stands inside a document: a key of a ConfigMap, `configs.content` of a compose file. */
export interface EmbeddedText {
  /** The name the text has for the program that reads it, e.g. `redis.conf`. */
  name: string;
  text: string;
  /** Offset in the document's file of an offset in `text`. */
  at(offset: number): number;
}

/** What is judged, where a format's meaning is spread over several files. */
export interface Assembly<N extends FormatName> {
  files: readonly ReadFile<N>[];
  skips: readonly Skip[];
}

export interface Format<N extends FormatName> {
  readonly name: N;
  /** For people: `Redis (redis.conf)`. */
  readonly title: string;
  /** True when a file of this text (and name) is of this format. Cheap: it runs on every text file. */
  recognises(path: string, text: string): boolean;
  /** Loads a parser that is too heavy for the start-up path; awaited once before the first `read`. */
  prepare?(): Promise<void>;
  /** One file, on its own. */
  read(source: Source, siblings: Siblings): Reading<Documents[N]>;
  /**
   * Joins files that mean something only together: includes, overrides, modules, migrations in their order. Each file of
   * the result is judged once, in place of all that were read. Without it each file is judged on its own.
   */
  assemble?(files: readonly ReadFile<N>[], siblings: Siblings): Assembly<N>;
  /** Every setting with its place, for rules of the user. */
  settings(document: Documents[N]): Iterable<SettingView>;
  /** Containers that the document declares; their mounts tie native files to a runtime. */
  containers?(file: ReadFile<N>): readonly DeclaredContainer[];
  embedded?(document: Documents[N]): Iterable<EmbeddedText>;
  /** What the file tells about the whole. */
  facts?(file: ReadFile<N>, context: RuleContext): Facts;
}

/** A file that was read, as the rules see it. */
export interface ReadFile<N extends FormatName = FormatName> {
  format: N;
  source: Source;
  document: Documents[N];
}

/** A container as its rules see it, and as `check` does. */
export interface DeclaredContainer {
  container: Container;
  declared: DeclaredService;
}

/** A container that runs the engine a native configuration file belongs to, because it mounts that file. */
export interface Runtime {
  /** The file that declares the container. */
  file: ReadFile;
  service: Container;
  declared: DeclaredService;
}

/** What a rule may ask about the rest of the tree. */
export interface RuleContext {
  /** Containers that mount the file being judged. */
  runtimes: readonly Runtime[];
  /** The files of a format that a compose service mounts; `missing` when it mounts something that was not found. */
  mounted<N extends FormatName>(service: Container, format: N): { files: ReadFile<N>[]; missing: boolean };
  /** The files of a format in the same folder as the file being judged. */
  beside<N extends FormatName>(format: N): ReadFile<N>[];
  /** Every file of a format in the tree. */
  all<N extends FormatName>(format: N): readonly ReadFile<N>[];
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
  /** The file that `span` and the fix are in, where that is not the file being judged (an include, an override). */
  source?: Source;
  /** The setting's path in its format's own terms; with the rule and the asset it makes the fingerprint. */
  pointer: string;
  span: Span;
  /** What stands there; secrets by length only. */
  actual: string;
  expected: string;
  message: string;
  /** What of the file it is about, e.g. a service of a compose file; the file itself without it. */
  service?: string;
  /** The file that declares `service`, where a format judges several as one (a module) and it is not the first of them. */
  declaredIn?: Source;
  severity?: Severity;
  confidence?: Confidence;
  fix?: Fix | null;
}

/** A rule and the check that raises it. */
export interface AuditRule<N extends FormatName = FormatName> extends Rule {
  readonly format: N;
  check(file: ReadFile<N>, context: RuleContext): Iterable<Hit>;
}

/** The rules of a format, and what holds for all of them. */
export interface RuleSet<N extends FormatName> {
  rules: readonly AuditRule<N>[];
  guidance: Guidance;
  /** Ids of candidates that are no rule, and why: wrong, or the product refuses it by itself. */
  dropped?: Readonly<Record<string, string>>;
}

/** Gives a rule its type without widening it. */
export function defineRule<N extends FormatName>(rule: AuditRule<N>): AuditRule<N> {
  return rule;
}

/** A rule that the user wrote: on the settings of any format. */
export interface UserRule {
  readonly rule: Rule;
  /** The rule as one of this format; undefined where it is not about the format. */
  forFormat<N extends FormatName>(format: N): AuditRule<N> | undefined;
}
