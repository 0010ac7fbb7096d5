/** Columns that one declaration keeps encrypted, and another shows or writes as if they were plain. */
import type { Resource } from '../../contract/resource.ts';
import type { Policy } from '../policy.ts';
import { pathOf, type Report } from './finding.ts';

/** B229: a column that is ciphertext for one API is a plain field for the other. */
export function lintSearch(resource: Resource, policy: Policy, report: Report): void {
  const encrypted = [...resource.fields.values()].filter(({ encryption }) => encryption !== null);
  const names = new Set([
    ...encrypted.map(({ column }) => column),
    ...[...resource.subjects.values()].map(({ reference }) => reference),
  ]);
  if (names.size === 0) return;
  for (const rule of policy.roles.flatMap((role) => role.rules)) {
    if (rule.upstream !== resource.upstream || !rule.indices.includes(resource.source)) continue;
    const [grant] = rule.grants;
    const written = [...names].filter(
      (name) =>
        grant?.write && (grant.write.fields === null || grant.write.fields.has(name) || grant.write.set.has(name)),
    );
    const shown = [...names].filter((name) => grant && (grant.fields === null || grant.fields.has(name)));
    if (written.length > 0) {
      report.at(
        [...pathOf(rule), 'write'],
        'guard/encrypted-in-search',
        // A trusted service may know how to write them; a client never does.
        grant?.mode === 'compat' ? 'warning' : 'error',
        `${written.join(', ')} would be written in plain here, and ${resource.position} keeps them encrypted`,
      );
    } else if (shown.length > 0) {
      report.at(
        [...pathOf(rule), 'fields'],
        'guard/encrypted-in-search',
        'warning',
        `${shown.join(', ')} of ${resource.position} are shown as the store holds them: as ciphertext and pseudonyms`,
      );
    }
  }
}

/** Resources over one index or table: what one keeps encrypted, another is not to write or show in plain. */
export function lintShared(resources: readonly Resource[], report: Report): void {
  for (const sealing of resources) {
    const columns = new Set(
      [...sealing.fields.values()].filter(({ encryption }) => encryption).map(({ column }) => column),
    );
    for (const other of resources) {
      if (other === sealing || sourceKey(other) !== sourceKey(sealing)) continue;
      for (const { name, column, encryption, write } of other.fields.values()) {
        if (encryption || !columns.has(column)) continue;
        report.atKey(
          ['resources', other.name, 'fields'],
          name,
          'guard/encrypted-elsewhere',
          write.size > 0 ? 'error' : 'warning',
          `${sealing.position} keeps ${column} encrypted: here it is ${write.size > 0 ? 'written in plain' : 'shown as ciphertext'}`,
        );
      }
    }
  }
}

function sourceKey({ upstream, namespace, source }: Resource): string {
  return JSON.stringify([upstream, namespace, source]);
}
