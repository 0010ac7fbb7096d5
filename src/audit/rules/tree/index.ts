/** Rules that need more than one file. */
import type { TreeRule } from '../../system/tree-rule.ts';
import { publishedPastFirewall } from './past-firewall.ts';
import { sharedAccount } from './shared-account.ts';

export const TREE_RULES: readonly TreeRule[] = [publishedPastFirewall, sharedAccount];
