import type { Topic } from '../../core/topics.ts';
import { FORMAT_NAMES } from '../formats/index.ts';
import type { FormatName, RuleSet } from '../model.ts';
import { RULES } from './index.ts';
import { TREE_RULES } from './tree/index.ts';

let topics: ReadonlyMap<string, Topic> | undefined;

/** What a rule of this room protects; undefined for rules of the user. */
export function topicOf(rule: string): Topic | undefined {
  topics ??= new Map(
    [
      ...FORMAT_NAMES.flatMap((format) => [...(RULES[format] as RuleSet<FormatName>).rules]),
      ...TREE_RULES.map((one) => one.rule),
    ].flatMap(({ id, topic }) => (topic === undefined ? [] : [[id, topic] as const])),
  );
  return topics.get(rule);
}
