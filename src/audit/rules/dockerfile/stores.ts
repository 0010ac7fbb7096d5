/** Stores that an image runs: without a login, or beside an app. */

import { own } from '../../../core/own.ts';
import { STORE_LOGINS, withoutLogin } from '../../containers/logins.ts';
import { titleOf } from '../../containers/titles.ts';
import { containerOf, finalInstructions } from '../../formats/dockerfile/container.ts';
import { defineRule } from '../../model.ts';

export const storeWithoutLogin = defineRule<'dockerfile'>({
  id: 'audit/dockerfile-store-without-login',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/reference/dockerfile/#env – ENV persists in every container made from the image; the switches are those of the compose rules, with their sources',
  },
  format: 'dockerfile',
  title: 'An image starts a store without a login',
  severity: 'high',
  owner: 'it',
  description:
    'A variable or the command that is built into the image switches the login of the store off, for every container that is made from it. Whoever reaches the port reads and changes everything.',
  remediation: 'Remove the switch from the image, and give the password when the container starts.',
  references: ['https://docs.docker.com/reference/dockerfile/#env'],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'FROM postgres:16\nENV POSTGRES_HOST_AUTH_METHOD=trust\n',
      'FROM elasticsearch:8.15.0\nENV discovery.type=single-node xpack.security.enabled=false\n',
      'FROM mongo:7\nCMD ["mongod", "--noauth"]\n',
    ],
    good: [
      'FROM postgres:16\nENV POSTGRES_DB=shop\n',
      'FROM redis:7\n',
      'FROM elasticsearch:8.15.0\nENV xpack.security.enabled=true\n',
    ],
  },
  *check(file, context) {
    const container = containerOf(file);
    const engine = container?.image?.engine;
    const login = engine ? own(STORE_LOGINS, engine) : undefined;
    if (!container || !engine || !login) return;
    // Whether the rest is given when it starts is not known here, and not worth a note.
    const open = withoutLogin(container, container.name, { ...context, unknown: () => {} });
    if (!open || open.pointer === 'image') return;
    yield {
      pointer: open.pointer,
      span: open.span,
      actual: open.actual,
      expected: login.expected,
      message: `${titleOf(engine)} asks for no login in every container of this image.`,
    };
  },
});

/** Ports that belong to one kind of store. */
const STORE_PORTS: Readonly<Record<string, string>> = {
  '5432': 'PostgreSQL',
  '3306': 'MySQL',
  '6379': 'Redis',
  '27017': 'MongoDB',
  '9200': 'Elasticsearch',
  '5984': 'CouchDB',
  '11211': 'Memcached',
  '1433': 'SQL Server',
  '9042': 'Cassandra',
};

const APP_PORTS = new Set(['80', '443', '3000', '4000', '5000', '8000', '8080', '8443', '8888']);

export const storeBesideApp = defineRule<'dockerfile'>({
  id: 'audit/dockerfile-store-beside-app',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/reference/dockerfile/#expose – `docker run -P` publishes every exposed port on all interfaces',
  },
  format: 'dockerfile',
  title: 'The image of an app exposes the port of a store',
  severity: 'low',
  owner: 'developer',
  description:
    'The image runs an app and exposes the port of a store as well, so both are in one container: a hole in the app has the store’s files, and `docker run -P` publishes the store on every interface of the host.',
  remediation: 'Run the store in a container of its own, and expose only what the app serves.',
  references: [
    'https://docs.docker.com/reference/dockerfile/#expose',
    'https://docs.docker.com/engine/containers/multi-service_container/',
  ],
  cwe: ['CWE-668'],
  examples: {
    bad: ['FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y redis-server nginx\nEXPOSE 80 6379\n'],
    good: ['FROM postgres:16\nEXPOSE 5432\n', 'FROM node:22\nEXPOSE 3000\n', 'FROM debian:12\nEXPOSE 5432\n'],
  },
  *check({ document }) {
    const base = document.stages[document.final[0] ?? -1];
    if (base?.image?.engine) return;
    const ports = finalInstructions(document)
      .filter(({ keyword }) => keyword === 'EXPOSE')
      .flatMap(({ words }) => words);
    const numberOf = (text: string): string => text.split('/', 1)[0] ?? '';
    // A store of its own, built from scratch, exposes ports of its own kind only.
    if (!ports.some(({ text }) => APP_PORTS.has(numberOf(text)))) return;
    for (const { text, span } of ports) {
      const store = own(STORE_PORTS, numberOf(text));
      if (store === undefined) continue;
      yield {
        pointer: `EXPOSE.${numberOf(text)}`,
        span,
        actual: text.slice(0, 20),
        expected: 'a container of its own',
        message: `The port of ${store} is exposed by an image that serves something else as well.`,
        confidence: 'tentative',
      };
    }
  },
});
