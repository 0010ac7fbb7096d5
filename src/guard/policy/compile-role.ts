import { parseClaimPath } from './claim-path.ts';
import { roleLimitsOf } from './compile-limits.ts';
import { compileRequirement } from './compile-requirement.ts';
import { compileRule } from './compile-rule.ts';
import type { ClaimCondition, Role, RoleMatch } from './policy.ts';
import type { Path, Problems } from './problems.ts';
import type { PolicyFile } from './schema/policy.ts';
import type { MatchFile, RoleFile } from './schema/role.ts';

const LONGEST_OBSERVATION = 90 * 86_400_000;

export function compileRoles(file: PolicyFile, now: number, problems: Problems): readonly Role[] {
  const [upstreams, databases] = namesOf(file.upstreams);
  return Object.freeze(
    Object.entries(file.roles).map(([name, role]): Role => {
      const path = ['roles', name];
      const rules = role.rules.map((rule, index) =>
        compileRule(rule, [...path, 'rules', index], { role: name, mode: role.mode, upstreams, databases, problems }),
      );
      if (role.rules.length === 0 && !Object.values(file.resources).some(({ roles }) => Object.hasOwn(roles, name))) {
        problems.addKey(['roles'], name, 'may do nothing', 'Give it `rules`, or name it under `roles` of a resource.');
      }
      return Object.freeze({
        name,
        match: matchesOf(role, file, path, problems),
        mode: role.mode,
        observe: observeOf(role, path, now, problems),
        limits: roleLimitsOf(role.limits, [...path, 'limits'], problems),
        device: compileRequirement(name, file, now, problems),
        rules: Object.freeze(rules.filter((rule) => rule !== undefined)),
      });
    }),
  );
}

/** Of stores that rules can be about, and of those that only resources can. */
function namesOf(upstreams: PolicyFile['upstreams']): readonly [readonly string[], readonly string[]] {
  const names = Object.keys(upstreams);
  return [
    names.filter((name) => upstreams[name]?.store !== 'postgresql'),
    names.filter((name) => upstreams[name]?.store === 'postgresql'),
  ];
}

function observeOf(role: RoleFile, path: Path, now: number, problems: Problems): Role['observe'] {
  if (!role.observe) return null;
  const { until } = role.observe;
  if (until - now > LONGEST_OBSERVATION + 86_400_000) {
    problems.add(
      [...path, 'observe', 'until'],
      'is more than 90 days ahead',
      'Choose a nearer day; it can be moved later.',
    );
  }
  return Object.freeze({ until });
}

function matchesOf(role: RoleFile, file: PolicyFile, path: Path, problems: Problems): readonly RoleMatch[] {
  const at = [...path, 'match'];
  if (!Array.isArray(role.match)) return Object.freeze([matchOf(role.match, file, at, problems)]);
  return Object.freeze(role.match.map((match, index) => matchOf(match, file, [...at, index], problems)));
}

function matchOf(match: MatchFile, file: PolicyFile, path: Path, problems: Problems): RoleMatch {
  const { identity } = file;
  const claims: ClaimCondition[] = [];
  for (const [text, condition] of Object.entries(match.claims)) {
    const steps = parseClaimPath(text);
    if (!steps) {
      problems.addKey(
        [...path, 'claims'],
        text,
        'is not the path of a claim',
        'Write `tenant`, `realm.id`, or `["https://shop.example/tenant"]`.',
      );
      continue;
    }
    if (condition.oneOf) claims.push({ path: steps, test: 'oneOf', values: condition.oneOf });
    else if (condition.contains !== undefined)
      claims.push({ path: steps, test: 'contains', values: [condition.contains] });
    else if (condition.equals !== undefined) claims.push({ path: steps, test: 'equals', values: [condition.equals] });
  }
  const frozen = Object.freeze(claims.map((claim) => Object.freeze(claim)));
  if (match.issuer !== undefined) {
    known(match.issuer, identity.issuers, [...path, 'issuer'], 'issuer', problems);
    return Object.freeze({ source: 'issuer', name: match.issuer, claims: frozen });
  }
  if (match.certificate !== undefined) {
    known(match.certificate, identity.certificates, [...path, 'certificate'], 'certificate source', problems);
    return Object.freeze({ source: 'certificate', name: match.certificate, claims: frozen });
  }
  if (match.apiKey !== undefined) {
    if (!identity.apiKeys) {
      problems.add([...path, 'apiKey'], 'no API keys are accepted', 'Add `identity.apiKeys: { file: … }`.');
    }
    return Object.freeze({ source: 'api-key', name: match.apiKey, claims: frozen });
  }
  if (identity.anonymous === false) {
    problems.add([...path, 'anonymous'], 'nobody is let in without credentials', 'Add `identity.anonymous: true`.');
  }
  return Object.freeze({ source: 'anonymous', name: '', claims: frozen });
}

function known(
  name: string,
  sources: readonly { readonly name: string }[],
  path: Path,
  what: string,
  problems: Problems,
): void {
  if (sources.some((source) => source.name === name)) return;
  const names = sources.map((source) => source.name).join(', ');
  problems.add(path, `there is no ${what} of this name`, names ? `Known: ${names}.` : 'Add it under `identity`.');
}
