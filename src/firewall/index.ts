/** "No firewall": reads what a host says about its own filters, judges it beside the view from outside, writes better ones. */
export { type Decision, decide } from './decision.ts';
export { FIREWALL_FORMATS, type FirewallFormat, generateFirewall } from './generate/index.ts';
export { judgeHostState, type Outside, type StorePort } from './judge.ts';
export type { Chain, Filter, Place, Rule as FilterRule } from './model.ts';
export { type Reach, type ReachModel, type ReachSource, reachOfReport } from './reach.ts';
export type { StateFile } from './readers/index.ts';
export { isIptables, readIptables } from './readers/iptables.ts';
export { readNft } from './readers/nft/index.ts';
export { isNftText, type NftChainText, readNftText } from './readers/nft/text.ts';
export { isUfw, readUfw } from './readers/ufw.ts';
export { firewallRules } from './rules.ts';
export {
  decideAtHost,
  type HostView,
  type LetIn,
  letIn,
  readHostState,
} from './view.ts';
