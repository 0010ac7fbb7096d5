/** Versions of stores: none that is named, and ones that get no more security fixes. */
import { majorOf } from '../../containers/image.ts';
import { titleOf } from '../../containers/titles.ts';
import type { Engine } from '../../declared.ts';
import { defineRule } from '../../model.ts';

interface Ended {
  /** Short-lived versions between longer-lived ones begin here. */
  since?: string;
  upTo: string;
  ended: string;
}

/**
 * Versions whose support has ended, with the month; compared with the data of endoflife.date of August 2026. Only where
 * the vendor gives a date.
 */
const ENDED: Readonly<Partial<Record<Engine, readonly Ended[]>>> = {
  elasticsearch: [
    { upTo: '5', ended: 'March 2019 or before' },
    { upTo: '6', ended: 'February 2022' },
    { upTo: '7', ended: 'January 2026' },
  ],
  postgresql: [
    { upTo: '9', ended: 'November 2021 or before' },
    { upTo: '10', ended: 'November 2022' },
    { upTo: '11', ended: 'November 2023' },
    { upTo: '12', ended: 'November 2024' },
    { upTo: '13', ended: 'November 2025' },
    { upTo: '14', ended: 'November 2026' },
  ],
  mongodb: [
    { upTo: '3', ended: 'April 2021 or before' },
    { upTo: '4.0', ended: 'April 2022' },
    { upTo: '4.2', ended: 'April 2023' },
    { upTo: '4.4', ended: 'February 2024' },
    { upTo: '5', ended: 'October 2024' },
    { upTo: '6', ended: 'July 2025' },
  ],
  redis: [
    { upTo: '6.0', ended: 'May 2022 or before' },
    { since: '7.0', upTo: '7.0', ended: 'July 2024' },
  ],
  couchdb: [{ upTo: '2', ended: 'December 2020' }],
  mysql: [
    { upTo: '5.6', ended: 'February 2021 or before' },
    { upTo: '5', ended: 'October 2023' },
    { upTo: '8.0', ended: 'April 2026' },
    { since: '8.1', upTo: '8.3', ended: 'April 2024 or before' },
  ],
  opensearch: [{ upTo: '1', ended: 'May 2025' }],
};

/** MariaDB counts otherwise than MySQL: 10.6, 10.11, 11.4 and 11.8 live longer than those between them. */
const MARIADB: readonly Ended[] = [
  { upTo: '10.4', ended: 'June 2024 or before' },
  { upTo: '10.5', ended: 'June 2025' },
  { upTo: '10.6', ended: 'July 2026' },
  { since: '10.7', upTo: '10.10', ended: 'November 2023 or before' },
  { since: '11.0', upTo: '11.3', ended: 'November 2024 or before' },
  { since: '11.5', upTo: '11.7', ended: 'May 2025 or before' },
];

/** Whether a version is one that a bound covers: `4.4` covers 4.4 and everything before, `4` all of 4 and before. */
function within(version: string, bound: string): boolean {
  const [major = 0, minor] = bound.split('.').map(Number);
  const [ownMajor = 0, ownMinor] = version.split('.').map(Number);
  if (ownMajor !== major || minor === undefined) return ownMajor <= major;
  // `mysql:5` is the last of 5.
  return ownMinor !== undefined && ownMinor <= minor;
}

/** Not before a version; `11` alone is not told. */
function reaches(version: string, since: string): boolean {
  const [major = 0, minor = 0] = since.split('.').map(Number);
  const [ownMajor = 0, ownMinor = -1] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

function ended(engine: Engine, repository: string, version: string | null): string | null {
  const major = majorOf(version);
  if (major === null) return null;
  if (/valkey|keydb|dragonfly/.test(repository)) return null;
  const known = engine === 'mysql' && /maria/.test(repository) ? MARIADB : (ENDED[engine] ?? []);
  const own = version ?? '';
  return known.find(({ since, upTo }) => within(own, upTo) && (!since || reaches(own, since)))?.ended ?? null;
}

export const storeEndOfLife = defineRule<'docker-compose'>({
  id: 'audit/compose-store-end-of-life',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://www.postgresql.org/support/versioning/ , https://www.mongodb.com/legal/support-policy/lifecycles , https://www.elastic.co/support/eol , https://www.mysql.com/support/eol-notice.html – dates of the last fixes, compared with the data of endoflife.date of August 2026; it has none for CouchDB, whose date is not confirmed',
  },
  aliases: ['DC-IMG-001'],
  format: 'docker-compose',
  title: 'A data store gets no more security fixes',
  severity: 'medium',
  owner: 'it',
  description: 'The vendor has ended support of this version. Holes that are found in it stay open, and are public.',
  remediation:
    'Plan the upgrade to a supported major version: with a backup, on a copy first, along the vendor’s upgrade path.',
  references: ['https://endoflife.date/', 'https://www.postgresql.org/support/versioning/'],
  cwe: ['CWE-1104'],
  examples: {
    bad: [
      'services:\n  db:\n    image: postgres:11\n',
      'services:\n  es:\n    image: elasticsearch:6.8.23\n',
      'services:\n  db:\n    image: mysql:5.7\n',
      'services:\n  db:\n    image: mysql:8.0.36\n',
      'services:\n  cache:\n    image: redis:7.0.15\n',
      'services:\n  db:\n    image: mariadb:10.5\n',
    ],
    good: [
      'services:\n  db:\n    image: postgres:17\n',
      'services:\n  db:\n    image: mariadb:11.4\n',
      'services:\n  cache:\n    image: redis:6.2\n',
      'services:\n  cache:\n    image: redis:7\n',
      'services:\n  db:\n    image: mysql:8\n',
      'services:\n  db:\n    image: mariadb:10\n',
      'services:\n  db:\n    image: mariadb:10.11\n',
      'services:\n  cache:\n    image: redis:latest\n',
    ],
  },
  *check({ document }) {
    for (const service of document.services) {
      const { image } = service;
      if (!image?.engine) continue;
      const when = ended(image.engine, image.repository, image.version);
      if (when === null) continue;
      yield {
        service: service.name,
        pointer: `services.${service.name}.image`,
        span: image.span,
        actual: image.version ?? '',
        expected: 'a version with security fixes',
        message: `Support of this version of ${titleOf(image.engine)} ended in ${when}.`,
      };
    }
  },
});

export const storeNotPinned = defineRule<'docker-compose'>({
  id: 'audit/compose-store-version-not-pinned',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions – a tag such as latest moves; without one latest is taken',
  },
  aliases: ['DC-IMG-002'],
  format: 'docker-compose',
  title: 'The version of a data store is left to chance',
  severity: 'low',
  owner: 'developer',
  description:
    'Without a tag, or with `latest`, the next pull may bring another major version with other defaults – whether it asks for a login among them. What is judged here then holds for no version in particular.',
  remediation: 'Name the version that runs today, with its minor version, and raise it on purpose.',
  references: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions'],
  cwe: ['CWE-1357'],
  examples: {
    bad: [
      'services:\n  db:\n    image: postgres\n',
      'services:\n  db:\n    image: mongo:latest\n    command: --auth\n',
    ],
    good: [
      'services:\n  db:\n    image: postgres:16.4\n',
      'services:\n  db:\n    image: postgres:${PG_VERSION}\n',
      'services:\n  db:\n    image: postgres@sha256:0f6f4c0c3f0b5a3d7f7f2a6b1a7b4c1f5d8e9a0b1c2d3e4f5a6b7c8d9e0f1a2b\n',
      'services:\n  app:\n    image: example/app\n',
    ],
  },
  *check({ document }) {
    for (const service of document.services) {
      const { image } = service;
      if (!image?.engine || image.publisher === 'unknown') continue;
      const written = document.text.text.slice(image.span.start, image.span.end);
      // A digest pins; a variable may; a build is pinned by its Dockerfile.
      if (/[@$]/.test(written) || !/\w/.test(written) || !written.includes(image.repository.split('/').at(-1) ?? ''))
        continue;
      if (image.tag !== null && image.tag !== 'latest') continue;
      yield {
        service: service.name,
        pointer: `services.${service.name}.image`,
        span: image.span,
        actual: image.tag ?? 'no tag',
        expected: 'a version',
        message: `Which version of ${titleOf(image.engine)} runs is decided by the day of the pull.`,
      };
    }
  },
});

export const storeAsRoot = defineRule<'docker-compose'>({
  id: 'audit/compose-store-runs-as-root',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/engine/security/#linux-kernel-capabilities – root in the container is root of the kernel with fewer capabilities; the official images step down to their own user unless `user` says otherwise',
  },
  aliases: ['DC-PRIV-002'],
  cis: ['CIS Docker 1.6 4.1'],
  format: 'docker-compose',
  title: 'A data store runs as root',
  severity: 'low',
  owner: 'developer',
  description:
    'The image has a user of its own for the store. With `user: root` a hole in the store has root in the container, and on mounted folders of the host.',
  remediation:
    'Remove `user`; where it was set because of file permissions, give the folder to the image’s user instead.',
  references: ['https://docs.docker.com/reference/compose-file/services/#user'],
  cwe: ['CWE-250'],
  examples: {
    bad: [
      'services:\n  db:\n    image: postgres:16\n    user: root\n',
      'services:\n  db:\n    image: redis:7\n    user: "0:0"\n',
    ],
    good: [
      'services:\n  db:\n    image: postgres:16\n    user: "999:999"\n',
      'services:\n  app:\n    image: example/app:1\n    user: root\n',
    ],
  },
  *check({ document }) {
    for (const service of document.services) {
      const engine = service.image?.engine;
      if (!engine || !service.user || !/^(?:root|0)(?::|$)/.test(service.user.text)) continue;
      yield {
        service: service.name,
        pointer: `services.${service.name}.user`,
        span: service.user.span,
        actual: 'root',
        expected: "the image's own user",
        message: `${titleOf(engine)} runs as root in its container.`,
      };
    }
  },
});
