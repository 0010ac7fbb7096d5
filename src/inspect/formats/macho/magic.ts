import { isFat } from './fat.ts';
import { isImage } from './image.ts';
import { isStaticLibrary } from './static-library.ts';

export function isMachO(head: Buffer): boolean {
  return isImage(head) || isFat(head) || isStaticLibrary(head);
}
