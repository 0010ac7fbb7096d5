import { Refusal } from '../contract/refusal.ts';
import type { Resource, ResourceOperation, ResourceStore, StoredDocument } from '../contract/resource.ts';
import type { Plan, StoreContext, StoreReply } from '../contract/store.ts';
import { type Json, printJson } from '../json/index.ts';
import { type BodyReader, createBodyReader } from './body.ts';
import type { ApiOptions } from './contract.ts';
import { decryptDocument, referencesOf } from './decrypt.ts';
import { isEncrypted } from './encrypt.ts';
import { etagOf } from './etag.ts';
import { createParameterReader, type ParameterReader } from './parameters.ts';
import { problemAnswer } from './problem.ts';
import { createRender, type Render } from './render.ts';
import { vaultOf } from './scope.ts';

/** A resource with everything that is worked out once for a policy. */
export interface Compiled {
  readonly resource: Resource;
  readonly options: ApiOptions;
  readonly parameters: ParameterReader;
  readonly body: BodyReader;
  readonly encrypted: boolean;
  /** Whether documents carry pseudonyms or ciphertext. */
  readonly vaulted: boolean;
  /** @throws Refusal `unavailable` */
  store(): ResourceStore;
  /** Documents with encrypted fields in plain, all of a page in one look at the vault. @throws Refusal `unavailable` */
  decrypt(documents: readonly StoredDocument[]): Promise<readonly StoredDocument[]>;
  readonly render: Render;
  etag(document: StoredDocument): string;
}

export function compileResource(resource: Resource, options: ApiOptions): Compiled {
  const { vault, token } = options;
  const encrypted = [...resource.fields.values()].some(isEncrypted);
  return {
    resource,
    options,
    parameters: createParameterReader(resource),
    body: createBodyReader(resource),
    encrypted,
    vaulted: encrypted || resource.subjects.size > 0,
    store() {
      const store = options.stores.get(resource.upstream);
      if (store === undefined)
        throw new Refusal('unavailable', 'resources: the policy names a store that is not there');
      return store;
    },
    async decrypt(documents) {
      if (!encrypted || documents.length === 0) return documents;
      const open = vaultOf(vault);
      const references = referencesOf(
        resource,
        documents.map(({ columns }) => columns),
      );
      const keys = await open.byReferences(references);
      let unreadable = 0;
      const opened = documents.map((document) => {
        const plain = decryptDocument(resource, document.columns, keys, open);
        unreadable += plain.unreadable;
        return { ...document, columns: plain.columns };
      });
      if (unreadable > 0) options.onUnreadable?.(resource.name, unreadable);
      return opened;
    },
    render: createRender(resource, token),
    etag: (document) => etagOf(token, resource, document),
  };
}

/** One request to one resource, allowed. */
export interface Call {
  readonly compiled: Compiled;
  readonly context: StoreContext;
  /** Decoded, of an item's path. */
  readonly id: string;
}

export function planOf(
  { compiled: { resource } }: Call,
  operation: ResourceOperation,
  role: string,
  run: () => Promise<StoreReply>,
): Plan {
  return {
    operation: `resource.${operation}`,
    upstream: resource.upstream,
    indices: [resource.source],
    rules: [resource.position],
    role,
    own: true,
    named: `${resource.name}.${operation}`,
    run,
  };
}

const JSON_HEADERS = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' };

export interface ReplyParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly documents?: readonly StoredDocument[];
  readonly continues?: boolean;
  readonly range?: string | null;
  /** Guesses that met nothing. */
  readonly misses?: number;
}

/** @param json undefined: no body */
export function answer(
  { compiled: { resource } }: Call,
  status: number,
  json: Json | undefined,
  parts: ReplyParts = {},
): StoreReply {
  const { headers = {}, documents = [], continues = false, range = null, misses = 0 } = parts;
  return {
    status,
    headers: json === undefined ? headers : { ...JSON_HEADERS, ...headers },
    body: json === undefined ? '' : printJson(json),
    documents: documents.map(({ id }) => `${resource.source}/${id}`),
    outcome: 'answered',
    features: { source: resource.name, continues, misses, range },
  };
}

const ABSENT = new Refusal('absent');

/** What is not there, and what is not the caller's: byte for byte the same. */
export function absent({ compiled: { resource } }: Call): StoreReply {
  return {
    ...problemAnswer(ABSENT),
    documents: [],
    outcome: 'absent',
    features: { source: resource.name, continues: false, misses: 1, range: null },
  };
}
