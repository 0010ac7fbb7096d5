import { resolve } from 'node:path';
import type { SecretReference } from './secret.ts';
import { spanMs, type WatchConfig, watchSchema } from './watch-schema.ts';

export type WatchReceiver =
  | { kind: 'webhook'; url: SecretReference; secret: SecretReference | undefined }
  | { kind: 'slack'; url: SecretReference }
  | {
      kind: 'email';
      /** host:port */
      smtp: string;
      security: 'tls' | 'starttls' | 'none';
      username: string | undefined;
      password: SecretReference | undefined;
      from: string;
      to: string[];
    };

/** `watch` of postern.yaml with absolute paths and times in milliseconds. */
export interface Watch {
  schedule: { jitter: number } & ({ every: number } | { cron: string; timezone?: string });
  reports: string;
  keep: number;
  tell: 'changes' | 'always';
  receivers: WatchReceiver[];
}

/** When the file says nothing: often enough to matter, rarely enough for a large scope. */
const EVERY = '6h';

export function watchOf(root: string, given: WatchConfig | undefined): Watch {
  const { every, cron, timezone, jitter, reports, keep, tell, notify } = given ?? watchSchema.parse({});
  const when =
    cron === undefined ? { every: spanMs(every ?? EVERY) } : { cron, ...(timezone === undefined ? {} : { timezone }) };
  return {
    schedule: { jitter: spanMs(jitter), ...when },
    reports: resolve(root, reports),
    keep,
    tell,
    receivers: notify.map((one) => receiverOf(root, one)),
  };
}

function receiverOf(root: string, given: WatchConfig['notify'][number]): WatchReceiver {
  if ('slack' in given) return { kind: 'slack', url: needed(root, given.slack.urlFile, given.slack.urlEnv) };
  if ('webhook' in given) {
    const { urlFile, urlEnv, secretFile, secretEnv } = given.webhook;
    return { kind: 'webhook', url: needed(root, urlFile, urlEnv), secret: reference(root, secretFile, secretEnv) };
  }
  const { smtp, security, username, passwordFile, passwordEnv, from, to } = given.email;
  return { kind: 'email', smtp, security, username, password: reference(root, passwordFile, passwordEnv), from, to };
}

function reference(root: string, file: string | undefined, env: string | undefined): SecretReference | undefined {
  if (file !== undefined) return { file: resolve(root, file) };
  return env === undefined ? undefined : { env };
}

function needed(root: string, file: string | undefined, env: string | undefined): SecretReference {
  const found = reference(root, file, env);
  // The schema has seen to it that there is exactly one.
  if (found === undefined) throw new TypeError('a receiver has an address');
  return found;
}
