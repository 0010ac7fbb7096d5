import type { Rule } from '../core/rule.ts';

/** Every rule of every verb, sorted by id. Loaded only where rules are shown. */
export async function allRules(): Promise<Rule[]> {
  const [inspect, audit, probe, firewall] = await Promise.all([
    import('../inspect/index.ts'),
    import('../audit/index.ts'),
    import('../probe/index.ts'),
    import('../firewall/index.ts'),
  ]);
  return [
    ...inspect.inspectRules,
    ...audit.auditRules,
    ...probe.probeRules,
    ...probe.accessRules,
    ...firewall.firewallRules,
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
}
