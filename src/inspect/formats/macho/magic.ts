import { isFat } from './fat.ts';
import { isImage } from './image.ts';

export function isMachO(head: Buffer): boolean {
  return isImage(head) || isFat(head);
}
