/**
 * docker-compose.yml: the services of a Compose file with what matters for exposure, as Docker puts them together from
 * the files of a project (`project.ts`). https://docs.docker.com/reference/compose-file/
 *
 * Parsed as YAML 1.2: YAML 1.1 would read an unquoted `22:22` as a number in base 60.
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Assembly, Format, ReadFile } from '../../model.ts';
import type { Source, Span } from '../../source.ts';
import { readYaml, type YamlNode } from '../yaml/read.ts';
import { yamlSkips } from '../yaml/skips.ts';
import { declaredServices } from './declare.ts';
import { embeddedTexts } from './embedded.ts';
import { composeFacts } from './facts.ts';
import { loadProject, type Project } from './project.ts';
import { type ComposeService, readService, shareNetworks } from './service.ts';
import { yamlSettings } from './settings.ts';

export type { ComposeService } from './service.ts';

export interface ComposeDocument {
  services: ComposeService[];
  /** The file's own tree. */
  roots: readonly YamlNode[];
  /** All files of the project as one text, which spans of services are in. */
  text: Source;
  /** The file that such a span is in, and the span there. */
  place(span: Span): { source: Source; span: Span };
  /** Files that are judged with this one. */
  merged: ReadonlySet<string>;
  /** Services of other files (`path\0service`) that are judged where they are extended. */
  extended: ReadonlySet<string>;
}

export const composeFormat: Format<'docker-compose'> = {
  name: 'docker-compose',
  title: 'Docker Compose',
  settings: (document) => yamlSettings(document.roots),
  containers: declaredServices,
  embedded: (document) => embeddedTexts(document),
  facts: composeFacts,
  recognises(path, text) {
    if (
      !/^\ufeff?(?:services|"services"|'services')[ \t]*:/m.test(text) &&
      !/^\ufeff?\s*\{\s*"services"\s*:/.test(text)
    )
      return false;
    if (/^(?:docker-)?compose[\w.-]*\.(?:ya?ml|json)$/i.test(basename(path))) return true;
    // A pipeline has a list under `services`, or says by its name what it is.
    if (/^\ufeff?services[ \t]*:[ \t]*\r?\n(?:[ \t]*#[^\n]*\n){0,20}[ \t]*- /m.test(text)) return false;
    if (/\.gitlab-ci|(?:^|\/)(?:\.github|\.circleci)\/|pipelines[\w.-]*\.ya?ml$/i.test(path)) return false;
    if (/\.(?:md|rst|adoc|html?)$/i.test(path)) return false;
    return /^[ \t]+["']?image["']?[ \t]*:|\bimage["']?[ \t]*:[ \t]*\S/m.test(text);
  },
  read(source, siblings) {
    const { roots, problems } = readYaml(source.text);
    const skips: Skip[] = yamlSkips(source, problems);
    const seen = new Set<string>();
    let project: Project | null = null;
    function skip(code: string, offset: number, reason: string, severity: Skip['severity'] = 'incomplete'): void {
      const placed = project?.joined.place({ start: offset, end: offset });
      // Other files of the project say so themselves.
      if ((placed && placed.source !== source) || offset > source.text.length) return;
      const subject = `${source.path}:${source.position(offset).line}`;
      if (skips.length >= 50 || seen.has(`${subject} ${code}`)) return;
      seen.add(`${subject} ${code}`);
      skips.push({ subject, code, reason, severity });
    }
    project = loadProject(source, roots, siblings, skip);
    const { joined, merged, extended, recognised } = project;
    const reader = { project, siblings, skip };
    const services = project.services.map((service) => readService(service, reader));
    shareNetworks(services);
    const complete = !skips.some((entry) => entry.severity === 'incomplete');
    const failed = !recognised && services.length === 0 && problems.length > 0;
    return {
      document: { services, roots, text: joined.source, place: joined.place, merged, extended },
      status: failed ? 'failed' : complete ? 'read' : 'partial',
      skips,
    };
  },
  assemble: judgedOnce,
};

/** Files that Docker reads as part of another one are judged there; so are services that another file extends. */
function judgedOnce(files: readonly ReadFile<'docker-compose'>[]): Assembly<'docker-compose'> {
  const merged = new Set<string>();
  const extended = new Set<string>();
  for (const { source, document } of files) {
    // Two files that include each other are judged by the first one.
    if (merged.has(source.path)) continue;
    for (const path of document.merged) merged.add(path);
    for (const service of document.extended) extended.add(service);
  }
  const left = files.filter(({ source }) => !merged.has(source.path));
  for (const { source, document } of left) {
    document.services = document.services.filter(({ name }) => !extended.has(`${source.path}\0${name}`));
  }
  return { files: left, skips: [] };
}
