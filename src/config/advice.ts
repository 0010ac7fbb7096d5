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
