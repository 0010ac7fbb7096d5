import type { ParsedRequest } from '../contract/request.ts';

/** Prefer: return=minimal (RFC 7240, 4.2); other preferences are none that this gateway has. */
export function minimal({ headers }: ParsedRequest): boolean {
  const header = headers.get('prefer');
  return (
    header !== undefined && header.length <= 256 && header.split(',').some((one) => one.trim() === 'return=minimal')
  );
}

export const preferenceApplied: Readonly<Record<string, string>> = { 'preference-applied': 'return=minimal' };
