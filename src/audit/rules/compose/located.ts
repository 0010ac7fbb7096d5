/** Puts a finding into the file of the project that really sets it: spans of services are in all files as one text. */
import type { TextEdit } from '../../../core/patch.ts';
import type { ComposeDocument } from '../../formats/compose/read.ts';
import type { AuditRule, Fix, Hit } from '../../model.ts';
import type { Source } from '../../source.ts';

export function located(rule: AuditRule<'docker-compose'>): AuditRule<'docker-compose'> {
  return {
    ...rule,
    *check(file, context) {
      for (const hit of rule.check(file, context)) yield placed(hit, file.source, file.document);
    },
  };
}

function placed(hit: Hit, own: Source, document: ComposeDocument): Hit {
  const { source, span } = document.place(hit.span);
  const moved: Hit = { ...hit, span };
  if (hit.fix) moved.fix = fixIn(hit.fix, source, document);
  if (source !== own) moved.source = source;
  const profiles = document.services.find(({ name }) => name === hit.service)?.profiles ?? [];
  if (profiles.length > 0) moved.message = `${hit.message} (Only with the profile ${profiles.join(' or ')}.)`;
  return moved;
}

/** Null when the fix would have to change another file than the one the finding is in. */
function fixIn(fix: Fix, source: Source, document: ComposeDocument): Fix | null {
  const edits: TextEdit[] = [];
  for (const edit of fix.edits) {
    const at = document.place({ start: edit.start, end: edit.end });
    if (at.source !== source) return null;
    edits.push({ ...edit, ...at.span });
  }
  return { ...fix, edits };
}
