/** Asking, and reading parts of answers whose shape is not to be trusted. */
import type { Connection } from '../../../net/connection.ts';
import type { Doc, Plain, Value } from './bson.ts';
import { type Dialect, encodeRequest, readAnswer } from './wire.ts';

export type Ask = (database: string, command: Readonly<Record<string, Plain>>) => Promise<Doc>;

export function asker(connection: Connection, dialect: Dialect): Ask {
  let id = 0;
  return async (database, command) => {
    await connection.write(encodeRequest(dialect, ++id, database, command));
    return readAnswer(connection, id);
  };
}

export function isOk(answer: Doc): boolean {
  return answer.get('ok') === 1;
}

/** The error code; -1 without one. */
export function code(answer: Doc): number {
  const value = answer.get('code');
  return typeof value === 'number' ? value : -1;
}

export function shape(answer: Doc): string {
  return isOk(answer) ? 'ok' : `code ${code(answer)}`;
}

export function text(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function count(value: Value | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(Math.trunc(value)) && value >= 0
    ? Math.trunc(value)
    : undefined;
}

export function array(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}

/** The first batch of a cursor. */
export function batch(answer: Doc): Doc[] {
  const cursor = answer.get('cursor');
  return array(cursor instanceof Map ? cursor.get('firstBatch') : undefined).filter((entry) => entry instanceof Map);
}
