/** Settings of an app that is written down as XML text, for tests. */
import type { InspectEndpoint, InspectSetting } from '../../../../core/contract/inspect.ts';
import { parseXmlText } from '../../../formats/xml-text.ts';
import type { FoundCall, ResourceXmlPurpose, XmlElement } from '../../../source.ts';
import { androidSettings } from '../index.ts';

export interface WrittenApp {
  manifest: string;
  splits?: readonly string[];
  networkSecurityConfig?: string;
  resources?: Partial<Record<ResourceXmlPurpose, string>>;
  calls?: readonly Pick<FoundCall, 'api' | 'args' | 'class'>[];
  endpoints?: readonly string[];
  today?: string;
}

export async function xml(text: string): Promise<XmlElement> {
  const root = await parseXmlText(Buffer.from(text));
  if (root === undefined) throw new Error(`no XML: ${text.slice(0, 80)}`);
  return root;
}

/** A manifest of `com.bluemarket.shop`. */
export function shop(inside: string, { min = 24, target = 34, application = '', beside = '' } = {}): string {
  return `<manifest package="com.bluemarket.shop"><uses-sdk minSdkVersion="${min}" targetSdkVersion="${target}"/>${beside}<application ${application}>${inside}</application></manifest>`;
}

export async function settingsOf(app: WrittenApp): Promise<InspectSetting[]> {
  const resources = await Promise.all(
    Object.entries(app.resources ?? {}).map(async ([purpose, text]) => ({
      entry: `res/xml/${purpose}.xml`,
      purpose: purpose as ResourceXmlPurpose,
      root: await xml(text),
    })),
  );
  const splits = (app.splits ?? []).map(async (text, index) => ({ entry: `split${index}.xml`, root: await xml(text) }));
  return androidSettings({
    manifest: { entry: 'AndroidManifest.xml', root: await xml(app.manifest) },
    splits: await Promise.all(splits),
    ...(app.networkSecurityConfig === undefined
      ? {}
      : { networkSecurityConfig: { entry: 'res/xml/nsc.xml', root: await xml(app.networkSecurityConfig) } }),
    resources,
    calls: (app.calls ?? []).map((one) => ({ method: 'run', entry: 'classes.dex', ...one })),
    endpoints: (app.endpoints ?? []).map(endpointOf),
    today: app.today ?? '2026-01-01',
  });
}

/** Values by id, without the `android.` before it. */
export async function valuesOf(app: WrittenApp): Promise<Record<string, InspectSetting['value']>> {
  return Object.fromEntries((await settingsOf(app)).map(({ id, value }) => [id.replace('android.', ''), value]));
}

/** `http://host/path`, or `dart http://host` for one that native code names. */
function endpointOf(written: string): InspectEndpoint {
  const [first = '', second] = written.split(' ');
  const url = new URL(second ?? first);
  return {
    url: url.href,
    raw: url.href,
    scheme: url.protocol.slice(0, -1),
    host: url.hostname,
    origin: 'app',
    reason: 'a test',
    complete: true,
    evidence: [{ entry: 'classes.dex', via: second === undefined ? 'dex-string' : first }],
  };
}
