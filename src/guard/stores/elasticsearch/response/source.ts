/**
 * Documents, reduced to what the rule shows. What is left empty by it is left out, so that a document with hidden parts
 * and one without them look alike (two worlds).
 */
import type { FieldRule } from '../../../contract/grant.ts';
import { bareObject } from '../../../json/bare.ts';
import { isJsonObject, type Json, JsonNumber, type JsonObject } from '../../../json/value.ts';
import { type MaskContext, maskRule } from './mask.ts';
import type { ShapeNode } from './shape.ts';

/** The store's own bound is 20 levels (`index.mapping.depth.limit`); what lies deeper is dropped. */
const MAX_DEPTH = 64;

/** @returns always an object; an empty one where nothing of the document is shown */
export function reduceSource(source: JsonObject, shape: ShapeNode, context: MaskContext): JsonObject {
  return reduceObject(source, shape, context, 0) ?? bareObject();
}

function reduceObject(
  source: JsonObject,
  shape: ShapeNode,
  context: MaskContext,
  depth: number,
): JsonObject | undefined {
  let result: Record<string, Json> | undefined;
  for (const key in source) {
    const value = source[key];
    if (value === undefined) continue;
    const shown = reduceMember(key, value, shape, context, depth);
    if (shown === undefined) continue;
    result ??= bareObject();
    result[key] = shown;
  }
  return result ?? (shape.whole && isEmpty(source) ? bareObject() : undefined);
}

function reduceMember(
  key: string,
  value: Json,
  shape: ShapeNode,
  context: MaskContext,
  depth: number,
): Json | undefined {
  const node = nodeOf(key, shape);
  if (node === undefined) return undefined;
  return reduceValue(value, node, context, depth + 1);
}

/** The node that a key leads to, over dots; a node of everything below a granted object that says nothing of the key. */
function nodeOf(key: string, shape: ShapeNode): ShapeNode | undefined {
  const direct = shape.children?.get(key);
  if (direct !== undefined) return inherit(direct, shape.whole);
  if (!key.includes('.')) return shape.whole ? EVERYTHING : undefined;
  let node: ShapeNode = shape;
  for (const segment of key.split('.')) {
    const next = node.children?.get(segment);
    if (next === undefined) return node.whole ? EVERYTHING : undefined;
    node = inherit(next, node.whole);
  }
  return node;
}

const EVERYTHING: ShapeNode = { rule: undefined, whole: true, dropped: false, children: undefined };

/** Within a granted object, a path that only leads to rules of its own is granted too. */
function inherit(node: ShapeNode, whole: boolean): ShapeNode {
  if (!whole || node.whole || node.rule !== undefined || node.dropped) return node;
  return { rule: undefined, whole: true, dropped: false, children: node.children };
}

function reduceValue(value: Json, node: ShapeNode, context: MaskContext, depth: number): Json | undefined {
  if (node.dropped || depth > MAX_DEPTH) return undefined;
  const rule = node.rule;
  if (rule !== undefined && rule.mask !== null) return maskRule(rule, value, context);
  if (node.whole && node.children === undefined) return value;
  if (Array.isArray(value)) return reduceArray(value, node, context, depth);
  if (isJsonObject(value)) {
    if (rule?.type === 'geo_point') return reducePoint(value);
    return node.children === undefined ? undefined : reduceObject(value, node, context, depth);
  }
  return isShownScalar(rule, node) ? value : undefined;
}

function reduceArray(items: readonly Json[], node: ShapeNode, context: MaskContext, depth: number): Json | undefined {
  const result: Json[] = [];
  for (const item of items) {
    const shown = reduceValue(item, node, context, depth + 1);
    if (shown !== undefined) result.push(shown);
  }
  if (result.length > 0) return result;
  return items.length === 0 && isShownScalar(node.rule, node) ? result : undefined;
}

/** A scalar where the policy has an object or a nested document is not what was granted. */
function isShownScalar(rule: FieldRule | undefined, node: ShapeNode): boolean {
  return node.whole || (rule !== undefined && rule.type !== 'object' && rule.type !== 'nested');
}

/** `{lat, lon}` or GeoJSON `{type, coordinates}`. */
function reducePoint(value: JsonObject): JsonObject | undefined {
  let result: Record<string, Json> | undefined;
  for (const key of ['lat', 'lon', 'type', 'coordinates']) {
    const part = Object.hasOwn(value, key) ? value[key] : undefined;
    if (part === undefined || !isPointPart(part)) continue;
    result ??= bareObject();
    result[key] = part;
  }
  return result;
}

function isPointPart(part: Json): boolean {
  if (Array.isArray(part)) return part.every((item) => typeof item === 'number' || item instanceof JsonNumber);
  return typeof part === 'number' || typeof part === 'string' || part instanceof JsonNumber;
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}
