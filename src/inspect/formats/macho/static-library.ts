/**
 * A static library (ar(5), include/ar.h): `!<arch>\n`, then for each member a header of 60 bytes – name[16] · date[12] ·
 * owner[6] · group[6] · mode[8] · size[10] in decimal · "`\n" – and its bytes, padded to an even length. A name `#1/n`
 * stands in the first n bytes of the member instead (4.4BSD), which its size counts. Xcode copies such libraries into an
 * app now and then; static frameworks are nothing else.
 */
import { isImage } from './image.ts';

export const ARCHIVE_MAGIC = '!<arch>\n';
const HEADER = 60;
/** Members of the largest libraries (game engines) number some ten thousand. */
const MOST_MEMBERS = 50_000;

export interface Member {
  /** From the start of the archive. */
  offset: number;
  bytes: Buffer;
}

export function isStaticLibrary(head: Buffer): boolean {
  return head.toString('latin1', 0, 8) === ARCHIVE_MAGIC;
}

/** The Mach-O images in it; `outside` counts members that are cut off, `others` those that are no image. */
export function imageMembers(archive: Buffer): { members: Member[]; others: number; outside: number } {
  const found = { members: [] as Member[], others: 0, outside: 0 };
  for (let at = 8, count = 0; at < archive.length && count < MOST_MEMBERS; count++) {
    const header = archive.toString('latin1', at, at + HEADER);
    const size = Number.parseInt(header.slice(48, 58), 10);
    if (!header.endsWith('`\n') || !(size >= 0)) {
      found.outside++;
      break;
    }
    const extended = /^#1\/(\d{1,5})/.exec(header)?.[1];
    const start = at + HEADER + (extended === undefined ? 0 : Number(extended));
    const end = at + HEADER + size;
    if (end > archive.length) found.outside++;
    const bytes = archive.subarray(Math.min(start, end), end);
    if (isImage(bytes)) found.members.push({ offset: start, bytes });
    else if (!isTable(header, archive.toString('latin1', at + HEADER, start))) found.others++;
    at = end + (size & 1);
  }
  return found;
}

/** The table of symbols, and that of long names, which every library begins with. */
function isTable(header: string, name: string): boolean {
  return name.startsWith('__.SYMDEF') || /^(?:__\.SYMDEF|\/)/.test(header);
}
