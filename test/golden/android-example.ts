/**
 * Examples of Android rules, one piece a line:
 *
 *     <manifest …>  <network-security-config>  <full-backup-content>  <data-extraction-rules>  <paths>
 *     call com.bluemarket.shop.Net.open webview.interface(?, "shop")      a call, `?` an argument that is not known
 *     http://api.bluemarket-shop.com/v1                                   a string of the code
 */
import type { FoundCall, ResourceXmlPurpose } from '../../src/inspect/source.ts';

export interface AndroidExample {
  manifest: string;
  networkSecurityConfig?: string;
  resources: { purpose: Exclude<ResourceXmlPurpose, 'network-security-config'>; xml: string }[];
  calls: FoundCall[];
  strings: string[];
}

const RESOURCES = [
  ['<full-backup-content', 'full-backup-content'],
  ['<data-extraction-rules', 'data-extraction-rules'],
  ['<paths', 'file-provider-paths'],
] as const;

const MANIFEST =
  '<manifest package="com.bluemarket.shop"><uses-sdk minSdkVersion="24" targetSdkVersion="34"/><application networkSecurityConfig="@xml/nsc"/></manifest>';

/** @returns undefined for an example of another kind */
export function androidExample(example: string): AndroidExample | undefined {
  if (!/^(?:<manifest|<network-security-config|<full-backup-content|<data-extraction-rules|<paths|call )/.test(example))
    return undefined;
  const found: AndroidExample = { manifest: MANIFEST, resources: [], calls: [], strings: [] };
  for (const line of example.split('\n')) {
    const resource = RESOURCES.find(([start]) => line.startsWith(start));
    if (line.startsWith('<manifest')) found.manifest = line;
    else if (line.startsWith('<network-security-config')) found.networkSecurityConfig = line;
    else if (resource !== undefined) found.resources.push({ purpose: resource[1], xml: line });
    else if (line.startsWith('call ')) found.calls.push(callOf(line));
    else found.strings.push(line);
  }
  return found;
}

function callOf(line: string): FoundCall {
  const match = /^call (\S+)\.(\S+) (\S+?)\((.*)\)$/.exec(line);
  if (match === null) throw new Error(`the example is no call: ${line}`);
  const [, name = '', method = '', api = '', list = ''] = match;
  const args = list === '' ? [] : list.split(', ').map((one) => (one === '?' ? undefined : JSON.parse(one)));
  return { api, class: name, method, args, entry: 'classes.dex', offset: 4096 };
}
