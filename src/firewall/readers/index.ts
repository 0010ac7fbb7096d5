/** Tells by its content what the owner handed over, and reads it. A name decides nothing. */
import { LIMITS } from '../../core/limits.ts';
import { isDocker, readDocker } from './docker.ts';
import { isIptables, readIptables } from './iptables.ts';
import { type Json, parseJson } from './json.ts';
import { isNft, readNft } from './nft/index.ts';
import { emptyReadout, type Readout, skipped } from './readout.ts';
import { isSs, readSs } from './ss.ts';
import { isHcl, isTerraformJson, readHcl, readTerraformJson } from './terraform/index.ts';
import { isUfw, readUfw } from './ufw.ts';

interface Reader {
  name: string;
  is: (text: string) => boolean;
  read: (path: string, text: string) => Readout;
}

const JSON_READERS: readonly (Omit<Reader, 'is'> & { is: (value: Json) => boolean })[] = [
  { name: 'nft -j list ruleset', is: isNft, read: readNft },
  { name: 'docker inspect', is: isDocker, read: readDocker },
  { name: 'terraform show -json', is: isTerraformJson, read: readTerraformJson },
];

const TEXT_READERS: readonly Reader[] = [
  { name: 'ufw status', is: isUfw, read: readUfw },
  { name: 'iptables-save', is: isIptables, read: readIptables },
  { name: 'Terraform', is: isHcl, read: readHcl },
  { name: 'ss -ltnp', is: isSs, read: readSs },
];

/** What can be handed over, in words. */
export const HAND_OVER: readonly string[] = [...TEXT_READERS, ...JSON_READERS].map(({ name }) => name);

export interface StateFile {
  /** As it is shown in evidence. */
  path: string;
  text: string;
}

/** @returns with `kind` what it was taken for; undefined with a skip when it is nothing of this kind */
export function readStateFile({ path, text }: StateFile): Readout & { kind?: string } {
  if (text.length > LIMITS.configBytes) return failed(path, 'FIREWALL_TOO_LARGE', 'the file is larger than 8 MiB');
  const trimmed = text.replace(/^\ufeff/, '').trimStart();
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    const parsed = parseJson(trimmed, -1);
    if (parsed === undefined && !/^\[\d+:\d+\]/.test(trimmed)) {
      return failed(path, 'FIREWALL_BAD_JSON', 'this is not whole JSON, or it is nested too deep');
    }
    const reader = JSON_READERS.find(({ is }) => parsed !== undefined && is(parsed.value));
    if (reader !== undefined) return { ...reader.read(path, text.replace(/^\ufeff/, '')), kind: reader.name };
  }
  const reader = TEXT_READERS.find(({ is }) => is(text));
  if (reader !== undefined) return { ...reader.read(path, text), kind: reader.name };
  if (/^table (?:inet|ip|ip6|arp|bridge|netdev) \S+ \{/m.test(text)) {
    return failed(path, 'FIREWALL_NFT_TEXT', 'this is `nft list ruleset`; hand over `nft -j list ruleset`');
  }
  return failed(path, 'FIREWALL_UNKNOWN_FORMAT', `this is none of: ${HAND_OVER.join(', ')}`);
}

function failed(path: string, code: string, reason: string): Readout {
  return { ...emptyReadout(), skips: [skipped(path, code, reason)] };
}
