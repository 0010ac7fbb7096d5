/** Looks into the parser's trees, whose nodes are `{ Kind: { … } }`, without trusting their shape. */

export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body of a node of this kind, or null. */
export function body(node: unknown, kind: string): Tree | null {
  const found = isTree(node) ? node[kind] : undefined;
  return isTree(found) ? found : null;
}

export function kindOf(node: unknown): string {
  return isTree(node) ? (Object.keys(node)[0] ?? '') : '';
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function location(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** The texts of a list of String nodes: `auth`, `uid`. */
export function names(value: unknown): string[] {
  return listOf(value).map((one) => text(body(one, 'String')?.sval));
}

/** The constant that a node is; undefined where it is none. */
export function constant(node: unknown): string | number | boolean | null | undefined {
  const found = body(node, 'A_Const');
  if (found === null) return undefined;
  if (found.isnull === true) return null;
  if (isTree(found.sval)) return text(found.sval.sval);
  if (isTree(found.boolval)) return found.boolval.boolval === true;
  if (isTree(found.ival)) return typeof found.ival.ival === 'number' ? found.ival.ival : 0;
  if (isTree(found.fval)) return Number(text(found.fval.fval));
  return undefined;
}

/** Every node below a value, itself included; bounded. */
export function* nodesOf(value: unknown): Generator<Tree> {
  const open: unknown[] = [value];
  for (let next = open.pop(), left = 100_000; left > 0; next = open.pop(), left -= 1) {
    if (next === undefined && open.length === 0) return;
    if (Array.isArray(next)) open.push(...next.slice(0, 10_000));
    else if (isTree(next)) {
      yield next;
      open.push(...Object.values(next));
    }
  }
}
