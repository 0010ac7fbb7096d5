/**
 * BER and DER, as far as signed messages need them (ITU-T X.690): identifier octet, length (short, long, or indefinite
 * and closed by two zero octets), contents. Tags above 30 do not occur in these and are read as one octet only.
 */
export interface DerNode {
  /** The identifier octet: class, constructed bit 0x20, tag. */
  tag: number;
  /** Where the identifier stands. */
  start: number;
  content: number;
  end: number;
  /** Where the next one stands: after the closing octets of an indefinite length. */
  next: number;
}

/** Deepest nesting followed to close an indefinite length. */
const MOST_DEPTH = 24;

/** @returns undefined when there is none, or it reaches over `limit` */
export function derNode(bytes: Buffer, at: number, limit: number, depth = 0): DerNode | undefined {
  if (at + 2 > limit || limit > bytes.length || depth > MOST_DEPTH) return undefined;
  const tag = bytes[at] as number;
  const first = bytes[at + 1] as number;
  let content = at + 2;
  if (first === 0x80) {
    let inner = content;
    while (!(bytes[inner] === 0 && bytes[inner + 1] === 0)) {
      const child = derNode(bytes, inner, limit, depth + 1);
      if (child === undefined) return undefined;
      inner = child.next;
    }
    return { tag, start: at, content, end: inner, next: inner + 2 };
  }
  let length = first;
  if (first > 0x80) {
    const octets = first & 0x7f;
    if (octets > 4 || content + octets > limit) return undefined;
    length = bytes.readUIntBE(content, octets);
    content += octets;
  }
  const end = content + length;
  return end > limit ? undefined : { tag, start: at, content, end, next: end };
}

/** The nodes inside one, in order; those before the first that is damaged. */
export function derChildren(bytes: Buffer, { content, end }: DerNode, most = 256): DerNode[] {
  const children: DerNode[] = [];
  for (let at = content; at < end && children.length < most; ) {
    const child = derNode(bytes, at, end);
    if (child === undefined) break;
    children.push(child);
    at = child.next;
  }
  return children;
}
