import { own } from '../core/own.ts';

/** What to do about a wrong value, by its path. Kept beside the schema because it repeats its structure in words. */
const ADVICE: Readonly<Record<string, string>> = {
  version: 'Begin the file with `version: 1`.',
  project: 'Give the project’s name as text.',
  vantage: 'Name the place that probes are sent from, e.g. `vantage: office`.',
  packages: 'List files or globs, e.g. `packages: [app/*.apk]`.',
  'packages.*': 'Write a path or glob, relative to this file.',
  configuration: 'List folders or files, e.g. `configuration: [deploy]`.',
  'configuration.*': 'Write a path, relative to this file.',
  targets: 'List targets, each with `host`, `addresses` and `authority`.',
  'targets.*': 'Each target has `host`, `addresses` and `authority`.',
  'targets.*.host': 'Write the host alone, e.g. `host: shop.example.com`; ports go under `ports:`.',
  'targets.*.addresses': 'For example `addresses: [203.0.113.7, "2001:db8::/64"]`.',
  'targets.*.addresses.*': 'For example 203.0.113.7, "2001:db8::1" or 203.0.113.0/28.',
  'targets.*.resolve': 'Use `dns` to ask the name, `listed` to use the listed addresses.',
  'targets.*.authority':
    'Say why you may ask this host: `loopback`; `dns-txt` (a TXT record under the name); `{ statement: FILE }`; or `{ provider: firebase, project: MY-PROJECT }`.',
  'targets.*.ports': 'List port numbers, e.g. `ports: [9201]`.',
  'targets.*.ports.*': 'A port is a number from 1 to 65535.',
  'targets.*.controls': 'List controls, each with `service` and a way in or a `trustedAddress`.',
  'targets.*.controls.*':
    'Either `username` with `passwordFile` or `passwordEnv`, or `trustedAddress: 127.0.0.1:9200`.',
  'targets.*.controls.*.password': 'This file never holds a secret. Use `passwordFile: FILE` or `passwordEnv: NAME`.',
  'targets.*.controls.*.trustedAddress': 'For example `trustedAddress: 127.0.0.1:9200`.',
  'targets.*.controls.*.passwordEnv': 'Keep one of the two.',
  'targets.*.controls.*.service': 'Name the service, e.g. `service: elasticsearch`.',
  'targets.*.guardedBy': 'It has `url`, `index` and one of tokenFile, tokenEnv, apiKeyFile, apiKeyEnv.',
  'targets.*.guardedBy.url':
    'For example `url: https://search.example.com:9443`, with a target of its own for search.example.com.',
  'targets.*.guardedBy.index': 'Name one index that an ordinary user may read, e.g. `index: orders`.',
  'targets.*.guardedBy.token': 'This file never holds a secret. Use `tokenFile: FILE` or `tokenEnv: NAME`.',
  'targets.*.guardedBy.apiKey': 'This file never holds a secret. Use `apiKeyFile: FILE` or `apiKeyEnv: NAME`.',
  'targets.*.api':
    'It has `baseUrl` (or `port`) and `endpoints`, e.g. `endpoints: [{ path: /orders/{id}, list: /orders }]`.',
  'targets.*.api.baseUrl': 'For example `baseUrl: https://api.example.com/v2`, with the host of this target.',
  'targets.*.api.endpoints':
    'For example `endpoints: [{ path: "/orders/{id}", list: /orders }]`, or `openapi: openapi.yaml`.',
  'targets.*.api.endpoints.*.path': 'For example `path: "/orders/{id}"`, in quotation marks.',
  'targets.*.api.endpoints.*.list': 'For example `list: /orders`.',
  'targets.*.api.oldApp':
    'For example `oldApp: { headers: { X-App-Version: <version> }, versions: [1.4.2] }` or `oldApp: { prefix: /v1 }`.',
  'targets.*.accounts':
    'For example `accounts: [{ name: alice, tokenFile: alice.token }, { name: bob, tokenEnv: BOB_TOKEN }]`.',
  'targets.*.accounts.*':
    'It has `name` and tokenFile, tokenEnv, cookieFile, headers, or `username` with `passwordFile`.',
  'targets.*.accounts.*.token': 'This file never holds a secret. Use `tokenFile: FILE` or `tokenEnv: NAME`.',
  'targets.*.accounts.*.cookie': 'This file never holds a secret. Use `cookieFile: FILE` or `cookieEnv: NAME`.',
  'targets.*.accounts.*.password': 'This file never holds a secret. Use `passwordFile: FILE` or `passwordEnv: NAME`.',
  'targets.*.accounts.*.headers':
    'This file never holds a secret. For example `headers: { X-Api-Key: { env: ALICE_KEY } }`.',
  'targets.*.accounts.*.name': 'A short name for reports, e.g. `name: alice`.',
  'trust.*': 'Copy the key that `postern scope key` prints, or the `publicKey` of a receipt you trust.',
  failOn: 'One of critical, high, medium, low, info, never.',
  emptyPassword: 'Write `true` or `false`.',
  ignore: 'Write the path of the ignore file.',
};

export function adviseConfig(path: string): string | undefined {
  return (
    own(ADVICE, path) ??
    (path === '' ? 'The file is a map that begins with `version: 1`; `postern init` writes one.' : undefined)
  );
}
