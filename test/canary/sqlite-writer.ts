/**
 * Writes a SQLite database (sqlite.org/fileformat2.html) of a few small tables, each on one page, so that values which no
 * committed file may hold can be planted in rows, names and statements at run time.
 */
const PAGE = 32_768;

export interface WrittenTable {
  name: string;
  columns: readonly string[];
  rows: readonly (readonly (string | Buffer)[])[];
}

export function writeDatabase(tables: readonly WrittenTable[]): Buffer {
  const schema = tables.map(({ name, columns }, index) => {
    const sql = `CREATE TABLE "${name}" (${columns.map((column) => `"${column}" TEXT`).join(', ')})`;
    return record(['table', name, name, index + 2, sql]);
  });
  const pages = [page(schema, 100), ...tables.map(({ rows }) => page(rows.map(record), 0))];
  const file = Buffer.concat(pages);
  file.write('SQLite format 3\0', 'latin1');
  file.writeUInt16BE(PAGE, 16);
  Buffer.from([1, 1, 0, 64, 32, 32]).copy(file, 18);
  file.writeUInt32BE(1, 24); // file change counter
  file.writeUInt32BE(pages.length, 28);
  file.writeUInt32BE(4, 44); // schema format
  file.writeUInt32BE(1, 56); // UTF-8
  file.writeUInt32BE(1, 92); // the counter for which the size above holds
  return file;
}

/** A leaf of a table: header of 8 bytes, a pointer for each cell, the cells from the end backwards. */
function page(rows: readonly Buffer[], from: number): Buffer {
  const bytes = Buffer.alloc(PAGE);
  bytes[from] = 13;
  bytes.writeUInt16BE(rows.length, from + 3);
  let at = PAGE;
  for (const [index, row] of rows.entries()) {
    const cell = Buffer.concat([varint(row.length), varint(index + 1), row]);
    at -= cell.length;
    cell.copy(bytes, at);
    bytes.writeUInt16BE(at, from + 8 + index * 2);
  }
  bytes.writeUInt16BE(at, from + 5);
  return bytes;
}

function record(values: readonly (string | number | Buffer)[]): Buffer {
  const types: Buffer[] = [];
  const bodies: Buffer[] = [];
  for (const value of values) {
    if (typeof value === 'number') {
      types.push(Buffer.from([1]));
      bodies.push(Buffer.from([value]));
      continue;
    }
    const body = Buffer.from(value as string);
    types.push(varint(body.length * 2 + (Buffer.isBuffer(value) ? 12 : 13)));
    bodies.push(body);
  }
  const header = Buffer.concat(types);
  return Buffer.concat([varint(header.length + 1), header, ...bodies]);
}

function varint(value: number): Buffer {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return Buffer.from(bytes);
}
