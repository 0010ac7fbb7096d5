/** What was not checked, as tool execution notifications (§3.20.21, §3.58). */
import type { Notification, ReportingDescriptor } from 'sarif';
import type { Skip } from '../../core/skip.ts';
import { literal } from './location.ts';

export function skipDescriptors(skips: readonly Skip[]): ReportingDescriptor[] {
  return codesOf(skips).map((code) => ({ id: code }));
}

export function notificationsOf(skips: readonly Skip[]): Notification[] {
  const codes = codesOf(skips);
  return skips.map((skip) => ({
    descriptor: { id: skip.code, index: codes.indexOf(skip.code) },
    level: skip.severity === 'incomplete' ? 'warning' : 'note',
    message: { text: literal(`Not checked: ${skip.subject}: ${skip.reason}`) },
    locations: [{ logicalLocations: [{ fullyQualifiedName: skip.subject, kind: 'resource' }] }],
  }));
}

function codesOf(skips: readonly Skip[]): string[] {
  return [...new Set(skips.map(({ code }) => code))].sort();
}
