import { crc32 } from 'node:zlib';
import type { CredentialFamily, CredentialRule, Verdict } from './credential-rule.ts';
import { A35, B40, HEX32, LOWER26 } from './example-values.ts';
import { base62, hasCrc, isRandom } from './validate.ts';

const SECRET = { sensitivity: 'secret', severity: 'critical' } as const;

/** A made-up token whose checksum is right. */
const CHECKED = `${A35.slice(0, 30)}${base62(crc32(A35.slice(0, 30)))}`;

/** The checksum says that the token was given out; tokens older than it have none, so that a wrong one rejects nothing. */
function judgeCrc(value: string): Verdict | null {
  if (hasCrc(value)) return { validated: 'checksum' };
  return isRandom(value.slice(4), 3.5) ? {} : null;
}

/** A token that a prefix and its length tell. */
function prefixed(
  provider: string,
  kind: string,
  grants: string,
  keyword: string,
  pattern: RegExp,
  source: string,
  example: string,
  prefilter?: string,
): CredentialRule {
  return {
    provider,
    kind,
    ...SECRET,
    grants,
    keywords: [keyword],
    ...(prefilter === undefined ? {} : { prefilter }),
    pattern,
    judge: (value) => (isRandom(value.slice(keyword.length)) ? { validated: 'structure' } : null),
    source,
    examples: { bad: [example], good: [keyword, `${keyword}${'0'.repeat(example.length - keyword.length)}`] },
  };
}

export const codeHosts: CredentialFamily = {
  name: 'code-hosts',
  rules: [
    {
      provider: 'github',
      kind: 'token',
      ...SECRET,
      grants: 'the repositories of its owner, as far as its scopes go',
      keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
      pattern: /(?<![A-Za-z0-9_-])(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![\w-])/g,
      judge: (value) => (value.startsWith('github_pat_') ? { validated: 'structure' } : judgeCrc(value)),
      source: 'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/',
      examples: {
        bad: [`ghp_${A35}a`, `ghp_${CHECKED}`],
        good: ['ghp_short', 'through_ghp_', `ghp_${'x'.repeat(36)}`],
      },
    },
    {
      provider: 'npm',
      kind: 'token',
      ...SECRET,
      grants: 'the packages of its owner: reads, and publishes where it may',
      keywords: ['npm_'],
      pattern: /(?<![\w-])(npm_[A-Za-z0-9]{36})(?![\w-])/g,
      judge: judgeCrc,
      source: 'https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/',
      examples: { bad: [`npm_${CHECKED}`], good: ['npm_config_registry', 'npm_lifecycle_event'] },
    },
    prefixed(
      'gitlab',
      'token',
      'the projects of its owner, as far as its scopes go',
      'glpat-',
      /(?<![\w-])(glpat-[\w-]{20}(?:[\w.-]{0,40})?)(?![\w-])/g,
      'https://docs.gitlab.com/security/tokens/',
      `glpat-${A35.slice(0, 20)}`,
    ),
    prefixed(
      'pypi',
      'token',
      'the packages of its owner',
      'pypi-AgEIcHlwaS5vcmc',
      /(?<![\w-])(pypi-AgEIcHlwaS5vcmc[\w-]{50,200})(?![\w-])/g,
      'https://pypi.org/help/#apitoken',
      `pypi-AgEIcHlwaS5vcmc${B40}${B40}`,
    ),
    prefixed(
      'docker',
      'access-token',
      'the images of its owner',
      'dckr_pat_',
      /(?<![\w-])(dckr_pat_[\w-]{27,36})(?![\w-])/g,
      'https://docs.docker.com/security/access-tokens/',
      `dckr_pat_${A35.slice(0, 27)}`,
    ),
    prefixed(
      'digitalocean',
      'token',
      'the servers, databases and Spaces of the account',
      'dop_v1_',
      /(?<![\w-])(dop_v1_[0-9a-f]{64})(?![\w-])/g,
      'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
      `dop_v1_${HEX32}${HEX32}`,
    ),
    prefixed(
      'heroku',
      'api-key',
      'the apps of its owner, with their configuration',
      'HRKU-',
      /(?<![\w-])(HRKU-[\w-]{36,64})(?![\w-])/g,
      'https://devcenter.heroku.com/articles/authentication',
      `HRKU-${B40}`,
    ),
    prefixed(
      'notion',
      'token',
      'the pages shared with the integration',
      'ntn_',
      /(?<![\w-])(ntn_\d{11}[A-Za-z0-9]{35})(?![\w-])/g,
      'https://developers.notion.com/docs/authorization',
      `ntn_12345678901${A35}`,
    ),
    prefixed(
      'linear',
      'api-key',
      'the issues of the workspace',
      'lin_api_',
      /(?<![\w-])(lin_api_[A-Za-z0-9]{40})(?![\w-])/g,
      'https://linear.app/developers/graphql',
      `lin_api_${B40}`,
    ),
    prefixed(
      'airtable',
      'token',
      'the bases that it was given',
      'pat',
      /(?<![\w-])(pat[A-Za-z0-9]{14}\.[0-9a-f]{64})(?![\w-])/g,
      'https://airtable.com/developers/web/guides/personal-access-tokens',
      `patAbCdEfGhIjKlM7.${HEX32}${HEX32}`,
      'pat[A-Za-z0-9]{14}\\.',
    ),
    prefixed(
      'databricks',
      'token',
      'the workspace of its owner',
      'dapi',
      /(?<![\w-])(dapi[0-9a-f]{32}(?:-\d)?)(?![\w-])/g,
      'https://docs.databricks.com/dev-tools/auth/pat.html',
      `dapi${HEX32}`,
      'dapi[0-9a-f]{8}',
    ),
    prefixed(
      'postman',
      'api-key',
      'the workspaces of its owner',
      'PMAK-',
      /(?<![\w-])(PMAK-[0-9a-f]{24}-[0-9a-f]{34})(?![\w-])/g,
      'https://learning.postman.com/docs/developer/postman-api/authentication/',
      `PMAK-${HEX32.slice(0, 24)}-${HEX32}0a`,
    ),
    prefixed(
      'planetscale',
      'token',
      'the databases of the organization',
      'pscale_tkn_',
      /(?<![\w-])(pscale_tkn_[\w=.-]{32,64})(?![\w-])/g,
      'https://planetscale.com/docs/concepts/service-tokens',
      `pscale_tkn_${B40}`,
    ),
    prefixed(
      'doppler',
      'token',
      'the secrets of a project',
      'dp.pt.',
      /(?<![\w-])(dp\.pt\.[A-Za-z0-9]{43})(?![\w-])/g,
      'https://docs.doppler.com/docs/service-tokens',
      `dp.pt.${B40}abc`,
    ),
    prefixed(
      'grafana',
      'token',
      'the dashboards and data sources of the organization',
      'glsa_',
      /(?<![\w-])(glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8})(?![\w-])/g,
      'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
      `glsa_${A35.slice(0, 32)}_0a1b2c3d`,
    ),
    prefixed(
      'vault',
      'token',
      'the secrets that its policy opens',
      'hvs.',
      /(?<![\w-])(hvs\.[\w-]{90,120})(?![\w-])/g,
      'https://developer.hashicorp.com/vault/docs/concepts/tokens',
      `hvs.${B40}${B40}${LOWER26}`,
    ),
  ],
};
