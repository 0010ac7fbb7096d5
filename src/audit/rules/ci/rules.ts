/** Secrets in pipelines, and strangers' code that gets them. Databases made for one test run are no finding. */
import { isLoopbackName, isPlaceholder, isReference, readConnection } from '../../connections.ts';
import type { CiDocument, CiValue } from '../../formats/ci/read.ts';
import { defineRule, type Hit } from '../../model.ts';
import { writtenSecret } from '../../secrets.ts';
import { hidden, isWellKnown } from '../passwords.ts';

const GITHUB_SECRETS = 'https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets';
const GITHUB_HARDENING = 'https://docs.github.com/actions/reference/security/secure-use';
const GITLAB_VARIABLES = 'https://docs.gitlab.com/ci/variables/';

/** What tests use for stores and frameworks of their own. */
const TEST_NAME =
  /POSTGRES|MYSQL|MARIADB|(?:^|_)PG|(?:^|_)DB|DATABASE|MONGO|REDIS|MSSQL|(?:^|_)SA_|RABBIT|ELASTIC|OPENSEARCH|KIBANA|TEST|DUMMY|FAKE|MOCK|(?:^|_)APP_KEY|SECRET_KEY|JWT_SECRET|NEXTAUTH|SESSION|cache|restore/i;

export const secretInTheOpen = defineRule<'ci'>({
  id: 'audit/ci-secret-in-the-open',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: `${GITHUB_SECRETS} and ${GITLAB_VARIABLES} – secrets are stored by the service and masked; what stands in the file is readable by everybody who can read the repository, and is not masked in logs`,
  },
  format: 'ci',
  title: 'A secret is written into a pipeline',
  severity: 'high',
  owner: 'developer',
  description:
    'Whoever can read the repository has the secret, and it is not masked in logs. Secrets of pipelines usually deploy: they open registries, clouds and production stores.',
  remediation:
    'Revoke it, store the new one as a secret of the CI service, and refer to it (`${{ secrets.NAME }}`, a masked variable).',
  references: [GITHUB_SECRETS, GITLAB_VARIABLES],
  cwe: ['CWE-798', 'CWE-540'],
  examples: {
    bad: [
      '=== .github/workflows/deploy.yml\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    env:\n      REGISTRY_PASSWORD: correct-horse-example-1\n    steps:\n      - run: ./deploy.sh\n',
      '=== .gitlab-ci.yml\nvariables:\n  PROD_DATABASE_URL: postgresql://app:correct-horse-example-1@db.example.com/shop\ndeploy:\n  script: ./deploy.sh\n',
    ],
    good: [
      '=== .github/workflows/test.yml\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    services:\n      db:\n        image: postgres:16\n        env:\n          POSTGRES_PASSWORD: correct-horse-example-1\n    env:\n      DATABASE_URL: postgresql://postgres:correct-horse-example-1@localhost/test\n      REGISTRY_PASSWORD: ${{ secrets.REGISTRY_PASSWORD }}\n    steps:\n      - run: npm test\n',
      '=== .gitlab-ci.yml\nvariables:\n  REGISTRY_PASSWORD: $CI_REGISTRY_PASSWORD\ntest:\n  script: npm test\n',
    ],
  },
  *check({ document }) {
    for (const value of document.values) {
      const secret = writtenSecret(value.name, value.value);
      if (!secret || secret.guessable) continue;
      const weak = secret.kind === 'password' || secret.kind === 'key' || secret.kind === 'connection';
      if (weak && isForTests(document, value, secret.kind, secret.value)) continue;
      const start = value.span.start + secret.span.start;
      yield {
        pointer: value.pointer,
        span: value.exact ? { start, end: start + secret.value.length } : value.span,
        actual: hidden(secret.value),
        expected: 'a secret of the CI service',
        message: `${secret.what[0]?.toUpperCase()}${secret.what.slice(1)} stands in the pipeline.`,
        severity: weak ? 'high' : 'critical',
        confidence: secret.kind === 'key' ? 'tentative' : 'firm',
      };
    }
  },
});

function isForTests(document: CiDocument, { name, value }: CiValue, kind: string, secret: string): boolean {
  if (kind === 'connection') {
    const host = readConnection(value)?.host ?? null;
    return host === null || isLoopbackName(host) || isReference(host) || !host.includes('.');
  }
  if (kind === 'key' && !(/\d/.test(secret) && /[a-z]/i.test(secret) && secret.length >= 20)) return true;
  return TEST_NAME.test(name) || (document.hasServices && kind === 'password' && secret.length < 12);
}

interface Pattern {
  pattern: RegExp;
  what: string;
}

/** Literals where commands take a password. Each has the secret in its first group. */
const COMMANDS: readonly Pattern[] = [
  {
    pattern:
      /\b(?:docker|podman|buildah|helm registry|az acr)\s+login\b[^\n|;&]{0,200}?\s(?:-p|--password)[ =]["']?([^\s"'|;&]{1,200})/g,
    what: 'a login of a registry',
  },
  { pattern: /\bsshpass\s+-p\s*["']?([^\s"'|;&]{1,200})/g, what: 'a password of SSH' },
  { pattern: /\bcurl\b[^\n|;&]{0,300}?\s(?:-u|--user)[ =]?["']?[\w.@%-]{1,100}:([^\s"'|;&]{1,200})/g, what: 'a login' },
  {
    pattern: /\b(?:https?|ftp):\/\/[A-Za-z0-9._%-]{1,100}:([^\s/@"'<]{4,200})@[A-Za-z0-9.-]/g,
    what: 'a login in a URL',
  },
];

export const loginOnCommandLine = defineRule<'ci'>({
  id: 'audit/ci-login-on-command-line',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/reference/cli/docker/login/ – a password on the command line ends up in histories and logs; use --password-stdin',
  },
  format: 'ci',
  title: 'A command of a pipeline holds a login',
  severity: 'high',
  owner: 'developer',
  description: 'The login stands in the repository and, since nobody masks it, in the log of every run.',
  remediation:
    'Change the password, store it as a secret of the CI service, and pipe it in: `echo "$TOKEN" | docker login -u ci --password-stdin`.',
  references: ['https://docs.docker.com/reference/cli/docker/login/', GITHUB_SECRETS],
  cwe: ['CWE-798', 'CWE-214'],
  examples: {
    bad: [
      '=== .gitlab-ci.yml\nbuild:\n  script:\n    - docker login -u ci -p correct-horse-example-1 registry.example.com\n',
      '=== .github/workflows/deploy.yml\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          make\n          curl -u deploy:correct-horse-example-1 -T app.tgz https://files.example.com/\n',
    ],
    good: [
      '=== .gitlab-ci.yml\nbuild:\n  script:\n    - docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" $CI_REGISTRY\n    - echo "$TOKEN" | docker login -u ci --password-stdin\n',
      '=== .github/workflows/test.yml\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: curl -u elastic:changeme http://localhost:9200\n      - run: git clone https://x-access-token:${{ secrets.TOKEN }}@github.com/example/app\n',
    ],
  },
  *check({ source, document }) {
    for (const script of document.scripts) {
      const text = source.text.slice(script.span.start, Math.min(script.span.end, script.span.start + 65_536));
      for (const { pattern, what } of COMMANDS) {
        for (const match of text.matchAll(pattern)) {
          const secret = match[1] ?? '';
          const line = text.slice(match.index, match.index + 600).split('\n', 1)[0] ?? '';
          if (
            isPlaceholder(secret) ||
            secret.includes('$') ||
            isWellKnown(secret) ||
            /localhost|127\.0\.0\.1/.test(line)
          )
            continue;
          const start = script.span.start + match.index + match[0].lastIndexOf(secret);
          yield {
            pointer: script.pointer,
            span: { start, end: start + secret.length },
            actual: hidden(secret),
            expected: 'a secret of the CI service, through standard input',
            message: `The pipeline holds ${what}.`,
          };
        }
      }
    }
  },
});

const SECRET_REFERENCE = /\$\{\{\s{0,5}secrets\.\w{1,100}/;

export const secretPrinted = defineRule<'ci'>({
  id: 'audit/ci-secret-printed',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: `${GITHUB_HARDENING} – redaction is not guaranteed: a value that is transformed (base64, JSON) is printed as it is`,
  },
  format: 'ci',
  title: 'A pipeline prints a secret',
  severity: 'medium',
  owner: 'developer',
  description:
    'What a step prints stands in its log, which everybody who can see the runs can read. The service masks the very value only: encoded or cut it is readable.',
  remediation: 'Remove the output. To hand a secret to a program use the environment or standard input.',
  references: [GITHUB_HARDENING],
  cwe: ['CWE-532'],
  examples: {
    bad: [
      '=== .github/workflows/deploy.yml\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "token is ${{ secrets.DEPLOY_TOKEN }}"\n',
      '=== .github/workflows/deploy.yml\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          echo ${{ secrets.DEPLOY_TOKEN }} | base64\n',
    ],
    good: [
      '=== .github/workflows/deploy.yml\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "${{ secrets.KEY }}" > key.pem\n      - run: echo "${{ secrets.TOKEN }}" | docker login -u ci --password-stdin\n      - run: echo "::add-mask::${{ secrets.TOKEN }}"\n      - run: |\n          echo "KEY=${{ secrets.KEY }}" >> $GITHUB_ENV\n          echo "${{ secrets.KEY_BASE64 }}" | base64 -d > key.p12\n',
    ],
  },
  *check({ source, document }) {
    for (const script of document.scripts) {
      const text = source.text.slice(script.span.start, Math.min(script.span.end, script.span.start + 65_536));
      let at = 0;
      let heredoc = false;
      for (const line of text.split('\n')) {
        const start = script.span.start + at;
        at += line.length + 1;
        // A command that goes on in the next line, or a heredoc, may lead anywhere.
        if (heredoc || line.includes('<<')) {
          heredoc = true;
          continue;
        }
        if (line.length > 2_000 || /\\\s*$/.test(line)) continue;
        const command = /^\s*(?:- )?(?:run:\s*)?["']?(?:echo|printf|cat)\b/.exec(line);
        const secret = SECRET_REFERENCE.exec(line);
        if (!command || !secret || /::add-mask::|>|\btee\b/.test(line.replaceAll('->', ''))) continue;
        const encoded = /\|\s*(?:base64|xxd|rev|od|hexdump)\b/.test(line) && !/base64\s+(?:-d|-D|--decode)/.test(line);
        if (line.includes('|') && !encoded) continue;
        const end = line.indexOf('}}', secret.index);
        yield {
          pointer: script.pointer,
          span: { start: start + secret.index, end: start + (end < 0 ? secret.index + secret[0].length : end + 2) },
          actual: 'printed',
          expected: 'not printed',
          message: encoded
            ? 'A secret is printed encoded, where nothing masks it.'
            : 'A secret is printed into the log.',
          severity: encoded ? 'high' : 'medium',
        };
      }
    }
  },
});

export const strangersCode = defineRule<'ci'>({
  id: 'audit/ci-runs-strangers-code-with-secrets',
  topic: 'authorization',
  verified: {
    by: 'source',
    how: 'https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/ – pull_request_target runs with the secrets and a write token of the repository; checking out the head of the pull request runs the code of a stranger with them',
  },
  format: 'ci',
  title: 'A workflow with secrets checks out the code of a pull request',
  severity: 'medium',
  owner: 'developer',
  description:
    '`pull_request_target` (and `workflow_run`) run with the secrets of the repository. With the head of the pull request checked out, a build script that a stranger changed reads them.',
  remediation:
    'Use `pull_request`, which has no secrets, for what builds or tests; keep `pull_request_target` for labels and comments, without a checkout of the head.',
  references: ['https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/', GITHUB_HARDENING],
  cwe: ['CWE-829', 'CWE-94'],
  examples: {
    bad: [
      '=== .github/workflows/pr.yml\non: pull_request_target\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm test\n',
    ],
    good: [
      '=== .github/workflows/pr.yml\non: pull_request_target\njobs:\n  label:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/labeler@v5\n',
      '=== .github/workflows/pr.yml\non: pull_request\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm test\n',
    ],
  },
  *check({ document }): Iterable<Hit> {
    if (document.kind !== 'github' || !document.triggers.includes('pull_request_target')) return;
    for (const step of document.steps) {
      if (step.uses !== 'actions/checkout') continue;
      for (const { name, value, span, pointer } of step.inputs) {
        const isHead = /github\.event\.pull_request\.head\.|github\.head_ref|refs\/pull\//.test(value);
        if (!/^(?:ref|repository)$/.test(name) || !isHead) continue;
        yield {
          pointer,
          span,
          actual: 'the head of the pull request',
          expected: 'the base, or a workflow without secrets',
          message: 'The code of whoever opens a pull request runs beside the secrets of the repository.',
        };
        break;
      }
    }
  },
});
