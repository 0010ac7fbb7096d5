/** What configuration tells about a store, whether or not anybody asked it. */
import type { Exposure, ExposureLink } from '../../core/exposure.ts';
import type { StoryLink } from '../../core/story.ts';
import type { ConfigFiles } from './config-files.ts';
import type { DeploymentMatch } from './declared.ts';

/** The exposure of a running store: of the container that deployed it, else of the file that configures it. */
export function exposureOf(
  exposures: readonly Exposure[],
  match: DeploymentMatch,
  config: ConfigFiles,
): Exposure | undefined {
  if (match.kind === 'found') {
    const { asset } = match.deployment.service;
    return exposures.find(({ store }) => store === asset);
  }
  const files = new Set(config.files.map(({ path }) => path));
  return exposures.find(({ file }) => files.has(file));
}

/** `text (file:line)`. */
export function linkClause({ text, evidence: [place] }: ExposureLink): string {
  if (place?.kind !== 'file' && place?.kind !== 'setting') return text;
  return `${text} (${place.path}${place.line === undefined ? '' : `:${place.line}`})`;
}

/** The links that tell more than the files in `told` did. */
export function furtherLinks(exposure: Exposure, to: string, told: ReadonlySet<string>): StoryLink[] {
  return exposure.links.flatMap((link) => {
    const [place] = link.evidence;
    const path = place?.kind === 'file' || place?.kind === 'setting' ? place.path : undefined;
    if (path === undefined || told.has(path)) return [];
    return [{ from: `config:${path}`, to, relation: 'fronts', text: linkClause(link), evidence: link.evidence }];
  });
}
