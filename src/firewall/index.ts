/** "No firewall": reads what a host says about its own filters, judges it beside the view from outside, writes better ones. */
export { type Decision, decide } from './decision.ts';
export { FIREWALL_FORMATS, type FirewallFormat, generateFirewall } from './generate/index.ts';
export { disagreements, judgeHostState, type Outside, type StorePort } from './judge.ts';
export { type Reach, type ReachModel, type ReachSource, reachOfReport } from './reach.ts';
export { HAND_OVER, type StateFile } from './readers/index.ts';
export type { CloudGroup } from './readers/terraform/model.ts';
export { firewallRules } from './rules.ts';
export { decideAtHost, type HostView, type Opening, type ReadOptions, readHostState } from './view.ts';
