/**
 * What the app's code does with APIs that matter to security: one setting per practice, whose value are the methods that
 * do it. Code of the app itself, of libraries, and code whose names a shrinker took away are told apart, by suffix:
 * `android.code.ecb`, `android.code.ecb.library`, `android.code.ecb.unattributed`.
 */
import type { EntryEvidence } from '../../../core/contract/inspect.ts';
import type { FoundCall } from '../../source.ts';
import type { AndroidFacts, Settings } from './facts.ts';
import type { CodeOwner } from './own-code.ts';

interface Practice {
  /** `android.code.<id>`. */
  id: string;
  api: string;
  /** Whether a call of the API with these arguments is that practice. An argument that is not known proves nothing. */
  when(args: FoundCall['args']): boolean;
  /** What to add to the name of the method: the algorithm. */
  detail?(args: FoundCall['args']): string | undefined;
}

const always = () => true;
const isTrue = ([first]: FoundCall['args']) => first === 1;
const nameOf = ([first]: FoundCall['args']) => (typeof first === 'string' ? first.slice(0, 60) : undefined);
/** Context.MODE_WORLD_READABLE, MODE_WORLD_WRITEABLE. */
const opensToWorld = ([, mode]: FoundCall['args']) => typeof mode === 'number' && (mode & 3) !== 0;

const PRACTICES: readonly Practice[] = [
  { id: 'javascript', api: 'webview.javascript', when: isTrue },
  { id: 'javascriptInterface', api: 'webview.interface', when: always },
  { id: 'fileAccess', api: 'webview.fileAccess', when: isTrue },
  { id: 'fileUrls', api: 'webview.fileUrls', when: isTrue },
  { id: 'universalUrls', api: 'webview.universalUrls', when: isTrue },
  // MIXED_CONTENT_ALWAYS_ALLOW is 0; 1 is never, 2 compatibility
  { id: 'mixedContent', api: 'webview.mixedContent', when: ([mode]) => mode === 0 },
  { id: 'webDebugging', api: 'webview.debugging', when: isTrue },
  { id: 'sslErrorIgnored', api: 'webview.sslError', when: always },
  { id: 'trustAll', api: 'tls.trustAll', when: always },
  { id: 'anyHostname', api: 'tls.allowAll', when: always },
  { id: 'ecb', api: 'crypto.cipher', when: ([name]) => isEcb(name), detail: nameOf },
  { id: 'brokenCipher', api: 'crypto.cipher', when: ([name]) => isBrokenCipher(name), detail: nameOf },
  { id: 'rawRsa', api: 'crypto.cipher', when: ([name]) => isRawRsa(name), detail: nameOf },
  { id: 'brokenDigest', api: 'crypto.digest', when: ([name]) => isBrokenDigest(name), detail: nameOf },
  { id: 'worldAccess', api: 'file.mode', when: opensToWorld },
];

const SUFFIX: Record<CodeOwner, string> = { app: '', library: '.library', unknown: '.unattributed' };
/** Most places told of one practice. */
const MOST = 50;

export function callSettings(facts: AndroidFacts, settings: Settings): void {
  const found = new Map<string, { values: string[]; places: EntryEvidence[] }>();
  for (const call of facts.calls) {
    for (const practice of PRACTICES) {
      if (practice.api !== call.api || !practice.when(call.args)) continue;
      const id = `code.${practice.id}${SUFFIX[facts.ownCode(call.class)]}`;
      const group = found.get(id) ?? { values: [], places: [] };
      found.set(id, group);
      if (group.values.length >= MOST) continue;
      const detail = practice.detail?.(call.args);
      group.values.push(`${call.class}.${call.method}${detail === undefined ? '' : `: ${detail}`}`);
      group.places.push({
        entry: call.entry,
        via: 'dex-code',
        ...(call.offset === undefined ? {} : { offset: call.offset }),
        class: call.class,
        method: call.method,
      });
    }
  }
  for (const [id, { values, places }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1)))
    settings.list(id, values, places);
  const pins = facts.calls.filter(({ api, args }) => api === 'tls.pin' && typeof args[0] === 'string');
  const at = pins.slice(0, MOST).map(({ entry }): EntryEvidence => ({ entry, via: 'dex-code' }));
  settings.list(
    'code.pinnedHosts',
    pins.map(({ args }) => String(args[0])),
    at.slice(0, 1),
  );
}

/** Algorithm, mode and padding of a transformation (`AES/CBC/PKCS5Padding`), in upper case. */
function transformation(name: string | number | undefined): string[] | undefined {
  return typeof name === 'string' && name.length <= 100 ? name.toUpperCase().split('/') : undefined;
}

/** A block cipher without a mode is in ECB mode, by the providers’ default. */
function isEcb(name: string | number | undefined): boolean {
  const parts = transformation(name);
  if (parts === undefined) return false;
  const [algorithm = '', mode] = parts;
  if (!/^(?:AES|AES_128|AES_256|BLOWFISH|CAMELLIA|TWOFISH)$/.test(algorithm)) return false;
  return mode === undefined || mode === 'ECB';
}

function isBrokenCipher(name: string | number | undefined): boolean {
  const algorithm = transformation(name)?.[0];
  return (
    algorithm !== undefined && /^(?:DES|DESEDE|TRIPLEDES|3DES|RC2|RC4|ARC4|ARCFOUR|PBEWITHMD5ANDDES)$/.test(algorithm)
  );
}

function isRawRsa(name: string | number | undefined): boolean {
  const parts = transformation(name);
  return parts?.[0] === 'RSA' && parts[2] === 'NOPADDING';
}

function isBrokenDigest(name: string | number | undefined): boolean {
  return typeof name === 'string' && /^(?:MD[245]|SHA-?1?)$/i.test(name);
}
