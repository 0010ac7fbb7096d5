/** Secrets that end up in an image: everybody who can pull it can read them, and layers forget nothing. */
import { isPlaceholder } from '../../connections.ts';
import { finalInstructions } from '../../formats/dockerfile/container.ts';
import { assignmentsOf } from '../../formats/dockerfile/words.ts';
import { defineRule } from '../../model.ts';
import { writtenSecret } from '../../secrets.ts';
import { hidden } from '../passwords.ts';

const DOCS = 'https://docs.docker.com/build/building/secrets/';
const CHECK = 'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/';

export const secretInEnvironment = defineRule<'dockerfile'>({
  id: 'audit/dockerfile-secret-in-environment',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: `${CHECK} – values of ARG and ENV persist in the metadata of the image`,
  },
  format: 'dockerfile',
  title: 'A secret is written into a Dockerfile',
  severity: 'high',
  owner: 'developer',
  description:
    'Values of `ENV` and `ARG` stay in the metadata of the image: whoever can pull it reads them with `docker history` or `docker inspect`, and whoever can read the repository has them anyway.',
  remediation:
    'Remove the value and change the secret. Give it at run time (a secret file, a required variable), or at build time with `RUN --mount=type=secret`.',
  references: [DOCS, CHECK],
  cwe: ['CWE-798', 'CWE-538'],
  examples: {
    bad: [
      'FROM postgres:16\nENV POSTGRES_PASSWORD=correct-horse-example-1\n',
      'FROM node:22\nENV DATABASE_URL="postgresql://shop:correct-horse-example-1@db/shop"\n',
      'FROM node:22 AS build\nARG DB_PASSWORD=correct-horse-example-1\nRUN true\nFROM node:22\nCOPY --from=build /app /app\n',
    ],
    good: [
      'FROM postgres:16\nENV POSTGRES_PASSWORD_FILE=/run/secrets/db\n',
      'FROM node:22\nARG NPM_TOKEN\nENV DB_PASSWORD=$DB_PASSWORD\n',
      'FROM mysql:8\nENV MYSQL_RANDOM_ROOT_PASSWORD=yes\n',
      'FROM ruby:3.4\nENV SECRET_KEY_BASE=placeholder TOKEN_EXPIRY=3600 GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305\n',
    ],
  },
  *check({ source, document }) {
    for (const { keyword, words, stage } of document.instructions) {
      if (keyword !== 'ENV' && keyword !== 'ARG') continue;
      for (const { name, value, span, exact } of assignmentsOf(words, keyword, source.text)) {
        const secret = value === null ? null : writtenSecret(name, value);
        if (!secret) continue;
        const within = exact ? { start: span.start + secret.span.start, end: span.start + secret.span.end } : span;
        const kept = keyword === 'ENV' && document.final.includes(stage);
        yield {
          pointer: `stage[${Math.max(stage, 0)}].${keyword}.${name.slice(0, 128)}`,
          span: within,
          actual: hidden(secret.value),
          expected: 'given when the container starts, or as a build secret',
          message: `${secret.what[0]?.toUpperCase()}${secret.what.slice(1)} stands in the Dockerfile${secret.guessable ? ', one that everybody tries first' : ''}${kept ? ', and in the environment of every container' : ''}.`,
          severity: kept || secret.kind !== 'password' || !secret.guessable ? 'high' : 'medium',
        };
      }
    }
  },
});

/** Files that hold secrets by their name. Samples and public keys are none. */
function holdsSecrets(path: string): string | null {
  const name = path.split('/').at(-1) ?? '';
  if (/(?:example|sample|dist|template|defaults?|test|dummy|\.pub)$/i.test(name)) return null;
  if (/^\.env(?:\.(?:prod|production|local|staging|secret|secrets))?$/i.test(name)) return 'a .env file';
  if (/^id_(?:rsa|ed25519|ecdsa|dsa)$/.test(name)) return 'a private SSH key';
  if (/^(?:\.pgpass|\.my\.cnf|\.netrc|\.git-credentials|\.htpasswd)$/.test(name)) return 'a file of passwords';
  if (/(?:^|\/)\.aws\/credentials$/.test(path) || /^\.dockercfg$/.test(name)) return 'a file of credentials';
  if (
    /service[-_]?account[\w.-]*\.json$|^(?:gcp|gcloud|google|firebase)[-_]?(?:key|credentials|adminsdk)[\w.-]*\.json$/i.test(
      name,
    )
  )
    return 'a service account key';
  if (
    /\.(?:p12|pfx|jks|keystore)$/i.test(name) ||
    /(?:^|[-_.])(?:private|server|privkey|tls)[-_.]?key(?:\.pem)?$|^privkey[\w.]*\.pem$/i.test(name)
  )
    return 'a private key';
  if (/(?:dump|backup)[\w.-]*\.(?:sql|bak|gz|tar|rdb|dump)(?:\.gz)?$|\.(?:rdb|mongodump)$/i.test(name))
    return 'a dump of a store';
  return null;
}

export const copiesSecrets = defineRule<'dockerfile'>({
  id: 'audit/dockerfile-copies-secrets',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: `${DOCS} – files that are copied are part of a layer; deleting them in a later one leaves them there`,
  },
  format: 'dockerfile',
  title: 'A file of secrets or data is copied into an image',
  severity: 'high',
  owner: 'developer',
  description:
    'A `.env`, a private key, a credentials file or a dump becomes part of the image. Whoever can pull the image unpacks it, also when a later instruction deletes it.',
  remediation:
    'Mount the file when the container starts (a secret, a volume), or use `RUN --mount=type=secret` during the build. Add its name to `.dockerignore`, and change what was in it if the image was pushed.',
  references: [DOCS],
  cwe: ['CWE-538', 'CWE-312'],
  examples: {
    bad: [
      'FROM node:22\nCOPY .env /app/.env\n',
      'FROM postgres:16\nCOPY ["backup-2024.sql.gz", "/docker-entrypoint-initdb.d/"]\n',
      'FROM alpine:3.20\nADD keys/id_rsa /root/.ssh/id_rsa\n',
    ],
    good: [
      'FROM node:22\nCOPY .env.example package.json /app/\n',
      'FROM node:22 AS build\nCOPY .env .\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n',
      'FROM postgres:16\nCOPY schema.sql /docker-entrypoint-initdb.d/\n',
    ],
  },
  *check({ document }) {
    for (const { keyword, words, flags } of finalInstructions(document)) {
      if ((keyword !== 'COPY' && keyword !== 'ADD') || flags.some(([name]) => name === 'from')) continue;
      for (const { text, span } of words.slice(0, -1)) {
        const what = holdsSecrets(text);
        if (what === null) continue;
        yield {
          pointer: `${keyword}.${text.slice(0, 200)}`,
          span,
          actual: what,
          expected: 'mounted when the container starts',
          message: `The image holds ${what}.`,
        };
      }
    }
  },
});

const LOGIN_IN_URL = /\b(?:https?|ftp):\/\/([A-Za-z0-9._%-]{1,100}):([^\s/@$"'<{]{4,200})@[A-Za-z0-9.-]/g;

export const secretInRun = defineRule<'dockerfile'>({
  id: 'audit/dockerfile-secret-in-run',
  topic: 'secrets',
  verified: { by: 'source', how: `${DOCS} – commands of RUN stand in the history of the image` },
  format: 'dockerfile',
  title: 'A command of the build holds a login',
  severity: 'high',
  owner: 'developer',
  description:
    'The login stands in the history of the image (`docker history --no-trunc`) and in the repository: whoever can pull or clone has it.',
  remediation: 'Use `RUN --mount=type=secret` (or `--mount=type=ssh` for git), and change the secret.',
  references: [DOCS],
  cwe: ['CWE-798'],
  examples: {
    bad: ['FROM alpine:3.20\nRUN curl -O https://deploy:correct-horse-1@files.example.com/app.tgz\n'],
    good: [
      'FROM alpine:3.20\nRUN curl -O https://files.example.com/app.tgz\n',
      'FROM alpine:3.20\nRUN git clone https://oauth2:${TOKEN}@git.example.com/app.git\n',
    ],
  },
  *check({ source, document }) {
    for (const { keyword, span, stage } of document.instructions) {
      if (keyword !== 'RUN') continue;
      const text = source.text.slice(span.start, Math.min(span.end, span.start + 65_536));
      for (const match of text.matchAll(LOGIN_IN_URL)) {
        const value = match[2] ?? '';
        if (isPlaceholder(value)) continue;
        const start = span.start + match.index + match[0].indexOf(`:${value}@`) + 1;
        yield {
          pointer: `stage[${Math.max(stage, 0)}].RUN`,
          span: { start, end: start + value.length },
          actual: hidden(value),
          expected: 'a build secret',
          message: 'A login stands in a command of the build.',
        };
      }
    }
  },
});
