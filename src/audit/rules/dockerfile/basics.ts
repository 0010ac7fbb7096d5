/** What every list of checks for Dockerfiles asks for, and no more of it than touches stores and what runs beside them. */
import { titleOf } from '../../containers/titles.ts';
import { finalInstructions } from '../../formats/dockerfile/container.ts';
import { defineRule } from '../../model.ts';

export const runsAsRoot = defineRule<'dockerfile'>({
  id: 'audit/dockerfile-runs-as-root',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/reference/dockerfile/#user – without USER the container runs as the user of its base image, which is root in distributions’ images',
  },
  cis: ['CIS Docker 1.6 4.1'],
  format: 'dockerfile',
  title: 'The container runs as root',
  severity: 'low',
  owner: 'developer',
  description:
    'A hole in the program has root in the container: it rewrites the program, reads every mounted secret, and stands one kernel bug away from the host.',
  remediation:
    'Create a user in the Dockerfile and switch to it with `USER` after the installation. Store images have one of their own: leave `USER root` out at the end.',
  references: [
    'https://docs.docker.com/reference/dockerfile/#user',
    'https://docs.docker.com/build/building/best-practices/#user',
  ],
  cwe: ['CWE-250'],
  examples: {
    bad: ['FROM node:22\nCMD ["node", "server.js"]\n', 'FROM postgres:16\nUSER root\nRUN apt-get update\n'],
    good: [
      'FROM node:22\nUSER node\nCMD ["node", "server.js"]\n',
      'FROM postgres:16\nCOPY init.sql /docker-entrypoint-initdb.d/\n',
      'FROM gcr.io/distroless/nodejs22-debian12:nonroot\nCMD ["server.js"]\n',
      'FROM scratch\nCOPY tool /tool\n',
    ],
  },
  *check({ document }) {
    const last = document.stages.at(-1);
    const base = document.stages[document.final[0] ?? -1];
    if (!last || !base) return;
    const users = finalInstructions(document).filter(({ keyword }) => keyword === 'USER');
    const user = users.at(-1);
    const engine = base.image?.engine;
    const isRoot = /^(?:root|0)(?::|$)/.test(user?.words[0]?.text ?? '');
    if (user ? !isRoot : engine || !runsProgram(document) || !base.image || startsAsUser(base.image.reference)) return;
    yield {
      pointer: 'USER',
      span: user?.args ?? last.from.span,
      actual: user ? 'root' : 'not set',
      expected: 'a user without rights',
      message: `${engine ? `${titleOf(engine)} runs` : 'The program runs'} as root in its container.`,
      confidence: user ? 'firm' : 'tentative',
    };
  },
});

function runsProgram(document: Parameters<typeof finalInstructions>[0]): boolean {
  return finalInstructions(document).some(({ keyword }) => keyword === 'CMD' || keyword === 'ENTRYPOINT');
}

/** Images that have a user of their own, or step down to one. */
function startsAsUser(reference: string): boolean {
  return /nonroot|unprivileged|rootless|bitnami|cgr\.dev|chainguard|jenkins|sonarqube|grafana|keycloak|kibana|logstash|solr|nginx|httpd|haproxy|traefik|varnish/i.test(
    reference,
  );
}

export const baseNotPinned = defineRule<'dockerfile'>({
  id: 'audit/dockerfile-base-not-pinned',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions – tags are mutable; without one latest is taken',
  },
  format: 'dockerfile',
  title: 'The version of a base image is left to chance',
  severity: 'low',
  owner: 'developer',
  description:
    'Without a tag, or with `latest`, the next build may stand on another major version: with other defaults, and with code that nobody looked at.',
  remediation: 'Name the version, and a digest where a build has to be the same every time.',
  references: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions'],
  cwe: ['CWE-1357'],
  examples: {
    bad: ['FROM postgres\n', 'FROM node:latest\nUSER node\n'],
    good: [
      'FROM postgres:16.4\n',
      'ARG V=22\nFROM node:${V} AS build\nFROM build\n',
      'FROM scratch\nCOPY tool /\n',
      'FROM ${BASE_IMAGE}\n',
    ],
  },
  *check({ document }) {
    for (const [number, { image, from }] of document.stages.entries()) {
      const written = from.words[0]?.text ?? '';
      if (!image || /[@${]/.test(written) || (image.tag !== null && image.tag !== 'latest')) continue;
      yield {
        pointer: `stage[${number}].FROM`,
        span: image.span,
        actual: image.tag ?? 'no tag',
        expected: 'a version',
        message: 'Which version the image stands on is decided by the day of the build.',
      };
    }
  },
});

export const addsRemote = defineRule<'dockerfile'>({
  id: 'audit/dockerfile-adds-remote-file',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/reference/dockerfile/#add – a remote file is taken as it comes unless --checksum is given',
  },
  format: 'dockerfile',
  title: 'A file from the network is added without a checksum',
  severity: 'low',
  owner: 'developer',
  description:
    'Whoever controls the server – over plain HTTP, whoever is on the way – decides what becomes part of the image.',
  remediation: 'Give `--checksum=sha256:…`, or download and verify in one `RUN`.',
  references: ['https://docs.docker.com/reference/dockerfile/#add---checksum'],
  cwe: ['CWE-494'],
  examples: {
    bad: ['FROM alpine:3.20\nADD http://files.example.com/tool.tgz /opt/\n'],
    good: [
      'FROM alpine:3.20\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://files.example.com/tool.tgz /opt/\n',
      'FROM alpine:3.20\nADD tool.tgz /opt/\n',
    ],
  },
  *check({ document }) {
    for (const { keyword, words, flags } of document.instructions) {
      if (keyword !== 'ADD' || flags.some(([name]) => name === 'checksum')) continue;
      for (const { text, span } of words.slice(0, -1)) {
        if (!/^https?:\/\//i.test(text) || /\.git(?:#|$)/.test(text)) continue;
        const plain = /^http:/i.test(text);
        yield {
          pointer: 'ADD',
          span,
          actual: plain ? 'over HTTP' : 'without a checksum',
          expected: '--checksum',
          message: `A file from the network becomes part of the image${plain ? ', over plain HTTP' : ''}, whatever it is that day.`,
          severity: plain ? 'medium' : 'low',
        };
      }
    }
  },
});
