/**
 * nftables: its own language (`nft list ruleset`, /etc/nftables.conf) and JSON (`nft -j list ruleset`). Both are read by
 * the firewall room, whose engine decides for all source addresses; here are their places.
 */

import type { Skip } from '../../../core/skip.ts';
import { isNftText, type NftChainText, readNft, readNftText } from '../../../firewall/index.ts';
import type { Format } from '../../model.ts';
import type { Source, Span } from '../../source.ts';
import { type FilterDocument, type FilterEntry, keyOf, numbered } from '../packet-filter/document.ts';
import { hostDoor } from '../packet-filter/facts.ts';

export interface NftablesDocument extends FilterDocument {
  /** What the text says about its chains; none for JSON. */
  chains: readonly NftChainText[];
  json: boolean;
}

const JSON_RULESET = /^\s*\{\s*"nftables"\s*:\s*\[/;
const CHAIN = /\bchain[ \t]+[\w.-]+[ \t]*\{|\badd[ \t]+(?:chain|rule)[ \t]/;
const LARGEST = 8 * 1024 * 1024;

export const nftablesFormat: Format<'nftables'> = {
  name: 'nftables',
  title: 'nftables (text and JSON)',
  recognises(path, text) {
    const head = text.slice(0, 262_144).replace(/^\ufeff/, '');
    if (JSON_RULESET.test(head)) return true;
    if (/\.(?:ya?ml|json|md|rst|html?|py|go|rs|c|h|js|ts|sh|bash|sql|tf|lua|nix|pl|rb|toml|xml)$/i.test(path))
      return false;
    return isNftText(head) && CHAIN.test(head);
  },
  read(source) {
    const json = /^\ufeff?\s*\{/.test(source.text.slice(0, 200));
    const empty: NftablesDocument = {
      filter: null,
      entries: new Map(),
      policies: new Map(),
      logs: false,
      complete: false,
      chains: [],
      json,
    };
    if (source.text.length > LARGEST) {
      const reason = 'the file is larger than 8 MiB';
      return { document: empty, status: 'failed', skips: [skip(source, 'FIREWALL_TOO_LARGE', reason)] };
    }
    // A byte-order mark becomes a blank, so that offsets hold.
    const text = source.text.replace(/^\ufeff/, ' ');
    const read = json
      ? { readout: readNft(source.path, text, true), chains: [], includes: [] }
      : readNftText(source.path, text);
    const skips: Skip[] = [...read.readout.skips].slice(0, 20);
    for (const { span } of read.includes.slice(0, 5)) {
      const subject = `${source.path}:${source.position(span[0]).line}`;
      const reason = 'includes other rules, which were not followed';
      skips.push({ subject, code: 'CONFIG_INCLUDE', reason, severity: 'incomplete' });
    }
    const [filter] = read.readout.filters;
    if (filter === undefined || filter.chains.size === 0) {
      const reason = 'no chain was understood';
      const said =
        skips.length > 0 || source.text.trim() === '' ? skips : [skip(source, 'FIREWALL_NOTHING_READ', reason)];
      return {
        document: { ...empty, complete: said.length === 0 },
        status: said.length > 0 ? 'failed' : 'read',
        skips: said,
      };
    }
    const entries = new Map<string, FilterEntry>();
    for (const { rule, pointer } of numbered(filter)) {
      const [start, end] = rule.place.span ?? [0, 0];
      entries.set(
        keyOf(rule.place),
        entryOf(source, pointer, { start, end }, json ? rule.text : source.text.slice(start, end)),
      );
    }
    const policies = new Map<string, FilterEntry>();
    for (const chain of filter.chains.values()) {
      if (chain.base === undefined) continue;
      const said = read.chains.find(({ name }) => name === chain.name);
      const [start, end] = said?.policy ?? said?.declaration ?? chain.place.span ?? [0, 0];
      const written = json
        ? source.text.slice(start, end).includes('"policy"')
        : said !== undefined && said.policy !== null;
      const policy = written ? chain.base.policy : '';
      policies.set(chain.name, entryOf(source, `${chain.name}/policy`, { start, end }, policy));
    }
    const complete = skips.every(({ severity }) => severity !== 'incomplete');
    const logs = json ? /"log"\s*:/.test(text) : /(?:^|[\s{;])log(?:[\s;}]|$)/m.test(withoutComments(text));
    const document: NftablesDocument = { filter, entries, policies, logs, complete, chains: read.chains, json };
    return { document, status: complete ? 'read' : 'partial', skips };
  },
  *settings(document) {
    for (const { pointer, text, span } of [...document.policies.values(), ...document.entries.values()]) {
      yield { pointer, values: text === '' ? [] : [text], span };
    }
  },
  facts(file) {
    const door = hostDoor(`nftables:${file.source.path}`, [file.document], file.source);
    return door ? { doors: [door] } : {};
  },
};

function withoutComments(text: string): string {
  return text.replace(/#[^\n]*/g, '');
}

function entryOf(source: Source, pointer: string, span: Span, text: string): FilterEntry {
  return { pointer, span, text, source };
}

function skip({ path }: Source, code: string, reason: string): Skip {
  return { subject: path, code, reason, severity: 'incomplete' };
}
