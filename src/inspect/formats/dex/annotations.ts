/**
 * Strings in annotations, by the class and method that bears them: `@GET("users/{id}")`, `@Headers`.
 *
 * annotations_directory_item: class set u32, fields u32, methods u32, parameters u32 (sizes) · field_annotation,
 * method_annotation: index u32, set offset u32. annotation_set_item: size u32, offsets u32[]. annotation_item:
 * visibility u8 (0 build, 1 runtime, 2 system), encoded_annotation.
 */
import { type Cursor, type EncodedValue, readAnnotation, uleb128 } from './encoded-value.ts';
import { descriptorOf, findType, stringAt, type Tables } from './tables.ts';

export interface AnnotationString {
  /** String id. */
  string: number;
  /** Type id of the class. */
  type: number;
  /** method_ids index; undefined for the class and its fields. */
  method: number | undefined;
  /** Type id of the annotation. */
  annotation: number;
  /** String id of the element's name. */
  element: number;
}

/** Written by compilers about the code itself. */
const VISIBILITY_SYSTEM = 2;

export function readAnnotations(tables: Tables, found: (one: AnnotationString) => void): void {
  const { u32, bytes } = tables;
  const kotlin = findType(tables, 'Lkotlin/Metadata;');
  // sets may be shared; each is worth reading a few times, not a thousand
  const cursor: Cursor = { bytes, at: 0, left: bytes.length };
  let type = 0;
  let method: number | undefined;
  let annotation = 0;

  function element(name: number, value: EncodedValue): void {
    if (typeof value !== 'object') return;
    if ('string' in value) found({ string: value.string, type, method, annotation, element: name });
    else for (const inner of value) element(name, inner);
  }

  function readSet(offset: number): void {
    if (offset === 0 || offset % 4 !== 0 || offset + 4 > bytes.length) return;
    const size = u32[offset >> 2] ?? 0;
    for (let index = 0; index < size && cursor.left > 0; index++) {
      const item = u32[(offset >> 2) + 1 + index];
      if (item === undefined) return;
      cursor.left--;
      if (item >= bytes.length || bytes[item] === VISIBILITY_SYSTEM) continue;
      cursor.at = item + 1;
      annotation = uleb128(cursor);
      if (annotation === kotlin) continue;
      cursor.at = item + 1;
      readAnnotation(cursor, element);
    }
  }

  for (let index = 0; index < tables.classes.count && cursor.left > 0; index++) {
    const def = (tables.classes.at >> 2) + index * 8;
    const directory = u32[def + 5] ?? 0;
    if (directory === 0 || directory % 4 !== 0 || directory + 16 > bytes.length) continue;
    type = u32[def] ?? 0;
    method = undefined;
    const at = directory >> 2;
    const fields = u32[at + 1] ?? 0;
    const methods = u32[at + 2] ?? 0;
    readSet(u32[at] ?? 0);
    for (let one = 0; one < fields && cursor.left-- > 0 && at + 5 + one * 2 < u32.length; one++) {
      readSet(u32[at + 5 + one * 2] ?? 0);
    }
    const first = at + 4 + fields * 2;
    for (let one = 0; one < methods && cursor.left-- > 0 && first + one * 2 + 1 < u32.length; one++) {
      method = u32[first + one * 2] ?? 0;
      readSet(u32[first + one * 2 + 1] ?? 0);
    }
  }
}

const RETROFIT = /^Lretrofit2?\/http\/(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|HTTP);$/;

/** Tells the annotation elements that hold the path of a request. */
export function createPathElements(tables: Tables): (one: AnnotationString) => boolean {
  const judged = new Map<number, boolean>();
  return ({ annotation, element }) => {
    let known = judged.get(annotation);
    if (known === undefined) {
      known = RETROFIT.test(descriptorOf(tables, annotation));
      judged.set(annotation, known);
    }
    return known && /^(?:value|path)$/.test(stringAt(tables, element));
  };
}
