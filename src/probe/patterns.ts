/** Names that people's values end up in – keys, object names, children of a root – as patterns. */
import { namePattern } from '../core/redact.ts';

/** Words that describe a schema, not a person: safe to show wherever they stand in a key. */
const STRUCTURAL = new Set(
  (
    'account accounts activity address addresses api app assets attachments auth avatar avatars backup backups basket booking bookings cache card cards cart carts ' +
    'catalog celery chat checkin city client clients config contact contacts count counter country coupon credential ' +
    'credentials customer customers data device devices doc docs document documents driver email emails event events ' +
    'export exports favorites file files feed flight ' +
    'flights friends geo hash health history hotel id identity idx image images img import imports index invoice invoices item items job jobs last lat lng ' +
    'kyc list location locations lock log login logs lon media message messages meta metrics name notification notifications oauth ' +
    'offer offers order orders otp page passport passports password passwords patient patients payment payments permissions ' +
    'phone phones photo photos picture pictures pin position positions post posts price prices private product products profile profiles public push queue rate receipt receipts ' +
    'ratelimit refresh report reports reservation reservations reset resque review reviews ride rides role roles route score search ' +
    'sess session sessions scan scans set settings shipment shipments sid sidekiq sms state static stats status stock store stream ' +
    'subscription subscriptions task tasks temp thumbnails ticket tickets tmp token tokens track tracking transaction ' +
    'transactions trip trips upload uploads user users v1 v2 vehicle vehicles video videos visit visits wallet web wishlist zip'
  ).split(' '),
);

/** A word of a schema, as far as one can tell without knowing the schema. */
export function isStructural(word: string): boolean {
  return STRUCTURAL.has(word.toLowerCase());
}

/**
 * Key names as patterns. A key may be a person's value (`session:jane`), and one person may have many keys, so a segment
 * is kept only where it is a structural word, or the prefix that all keys share (`shop:…`) before segments that vary.
 * @param keys raw key names; they are not kept
 * @returns distinct patterns, at most 20
 */
export function keyPatterns(keys: readonly string[]): string[] {
  const split = keys.map((key) => namePattern(key.slice(0, 512)).split(/([:/|])/));
  const prefix = sharedPrefix(keys.map((key) => key.slice(0, 512).split(/[:/|]/)));
  const patterns = split.map((parts) =>
    parts
      .map((part, index) => {
        if (/^[:/|*]?$/.test(part) || isStructural(part) || (index === 0 && part === prefix)) return part;
        return '*';
      })
      .join(''),
  );
  return [...new Set(patterns)].sort().slice(0, 20);
}

/** `shop` of `shop:jane:cart` and `shop:bob:cart`; not `jane` of `jane:cart` and `jane:email`. */
function sharedPrefix(split: readonly (readonly string[])[]): string | undefined {
  const first = split[0]?.[0];
  const second = new Set(split.map((parts) => parts[1] ?? ''));
  if (second.size < 2 || split.some((parts) => parts[0] !== first)) return undefined;
  return [...second].some((word) => word === '' || isStructural(word)) ? undefined : first;
}

/** The name of an object in a bucket: folders and file are kept only where they are structural words. */
export function objectPattern(name: string): string {
  return namePattern(name.slice(0, 1_024)).replace(/[^/]+/g, (segment) => {
    const extension = /\.[a-z][a-z0-9]{0,4}$/i.exec(segment)?.[0] ?? '';
    const stem = segment.slice(0, segment.length - extension.length);
    return stem === '*' || isStructural(stem) ? segment : `*${extension}`;
  });
}
