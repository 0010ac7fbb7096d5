/** `guard learn`: the policy in force, narrowed to what its journal shows was used. Its own comments stay. */
import { isMap, isSeq, parseDocument, Scalar, YAMLSeq } from 'yaml';
import { humanCount } from '../../core/words.ts';
import type { Policy, Role, Rule } from '../policy/policy.ts';
import type { Usage, Use } from './usage.ts';
import { commentText } from './yaml-text.ts';

/**
 * Proposes a policy from what was used.
 *
 * @param text of the policy's file
 * @returns the text of a guard.yaml: operations that nobody used are gone, counts and what was refused stand as comments
 */
export function learnPolicy(policy: Policy, text: string, usage: Usage): string {
  const document = parseDocument(text, { version: '1.2' });
  const period = usage.from === null ? '' : `, ${usage.from} to ${usage.to}`;
  const skipped = usage.skipped > 0 ? `; ${humanCount(usage.skipped)} lines were not read` : '';
  document.commentBefore = [
    document.commentBefore,
    ` Proposed by \`postern guard learn\` from ${humanCount(usage.decisions)} decisions${period}${skipped}.`,
  ]
    .filter(Boolean)
    .join('\n');
  for (const role of policy.roles) {
    const uses = usage.uses.filter((use) => use.role === role.name);
    comment(document.getIn(['roles', role.name], true), roleLines(role, uses));
    for (const rule of role.rules) {
      const at = Number(/\[(\d+)\]$/.exec(rule.position)?.[1]);
      const path = ['roles', role.name, 'rules', at];
      const own = uses.filter((use) => isOf(use, rule));
      comment(document.getIn(path, true), ruleLinesOf(rule, own));
      narrow(document.getIn([...path, 'operations'], true), own);
    }
  }
  return document.toString({ lineWidth: 120 });
}

/** What a role asked for and did not get, or would not get when it is enforced. */
function roleLines(role: Role, uses: readonly Use[]): string[] {
  if (uses.length === 0) return [' never used'];
  const words = { deny: 'refused', 'would-deny': 'would be refused', 'would-narrow': 'would be narrowed', allow: '' };
  return uses
    .filter(({ outcome }) => outcome !== 'allow')
    .sort((a, b) => b.count - a.count)
    .slice(0, 50)
    .map(({ outcome, operation, index, count }) => {
      const named = role.rules.some((rule) => rule.indices.includes(index));
      const hint = outcome === 'would-deny' && named ? `: add ${operation} if it is meant` : '';
      return ` ${words[outcome]}: ${operation} on ${commentText(index)}, ${humanCount(count)} times${hint}`;
    });
}

function ruleLinesOf(rule: Rule, uses: readonly Use[]): string[] {
  const granted = operationsOf(rule);
  const counts = granted.map((operation) => ({ operation, count: countOf(uses, operation) }));
  const used = counts.filter(({ count }) => count > 0);
  if (used.length === 0) return [' never used: consider leaving this rule out'];
  const lines = [` used: ${used.map(({ operation, count }) => `${operation} ${humanCount(count)}`).join(', ')}`];
  const unused = counts.filter(({ count }) => count === 0).map(({ operation }) => operation);
  if (unused.length > 0) lines.push(` not used and left out: ${unused.join(', ')}`);
  const quiet = rule.indices.filter((index) => !uses.some((use) => use.index === index));
  if (quiet.length > 0) lines.push(` indices never asked for: ${quiet.map(commentText).join(', ')}`);
  return lines;
}

function narrow(operations: unknown, uses: readonly Use[]): void {
  if (!isSeq(operations) || !(operations instanceof YAMLSeq)) return;
  const kept = operations.items.filter((item) => item instanceof Scalar && countOf(uses, String(item.value)) > 0);
  if (kept.length > 0) operations.items = kept;
}

function countOf(uses: readonly Use[], operation: string): number {
  return uses
    .filter((use) => use.operation === operation && use.outcome !== 'deny' && use.outcome !== 'would-deny')
    .reduce((sum, { count }) => sum + count, 0);
}

function isOf(use: Use, rule: Rule): boolean {
  return use.rule === null ? rule.indices.includes(use.index) : use.rule === rule.position;
}

function operationsOf(rule: Rule): readonly string[] {
  return [...(rule.grants[0] ?? rule.grantFor('any')).operations];
}

function comment(node: unknown, lines: readonly string[]): void {
  if (!isMap(node) || lines.length === 0) return;
  // A comment before the first key stands inside the map; a flow map has no line of its own for one.
  if (node.flow) node.comment = lines.join(';');
  else node.commentBefore = [node.commentBefore, ...lines].filter(Boolean).join('\n');
}
