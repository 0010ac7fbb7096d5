import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parsePolicy } from '../parse.ts';
import type { Policy } from '../policy.ts';

export const EXAMPLE_PATH = resolve(import.meta.dirname, '../../../../docs/guard/example.yaml');
export const EXAMPLE = readFileSync(EXAMPLE_PATH, 'utf8');

/** 2026-06-01. */
export const NOW = Date.UTC(2026, 5, 1);

/** A whole policy around some roles, written as YAML with no indentation. */
export function withRoles(roles: string, more = ''): string {
  return `version: 1
listeners: [{ address: 127.0.0.1:9280 }]
upstreams: { shop: { store: elasticsearch, version: 8, nodes: [http://127.0.0.1:9200] } }
identity:
  issuers:
    - { name: shop, issuer: https://id.shop.example/, audience: [shop-search], algorithms: [ES256], types: [at+jwt] }
  anonymous: true
${more}roles:
${indent(roles, 2)}
`;
}

/** One strict role `r` with one rule, given by what differs. */
export function withRule(rule: string): string {
  return withRoles(`r:
  match: { issuer: shop }
  rules:
    - indices: [profiles]
      operations: [search]
${indent(rule, 6)}`);
}

export function parse(text: string, now = NOW): Policy {
  return parsePolicy('/srv/guard/guard.yaml', text, { now });
}

function indent(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

/** One resource `orders` on an index, its declaration given line by line; `more` are further sections. */
export function withResource(lines: string, more = 'vault: {}\n'): string {
  return withRoles('mobile: { match: { issuer: shop } }', `${more}resources:\n  orders:\n${indent(lines, 4)}\n`);
}

/** One resource on a table. */
export function withTable(lines: string, more = 'vault: {}\n'): string {
  return withResource(lines, more).replace(
    /upstreams: .*/,
    'upstreams: { shop: { store: postgresql, url: postgresql://127.0.0.1/shop, credentials: { username: guard } } }',
  );
}
