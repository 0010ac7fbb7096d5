/** Writes a `global-metadata.dat` of any version that is read: literals, types, constants; the other sections are empty. */

export interface MetadataContent {
  /** As Unity counts: 24.1 is a version 24 of its own layout. */
  version: number;
  literals: readonly (string | Buffer)[];
  /** `Namespace.Name` */
  types?: readonly string[];
  /** Constant fields: a text, or a number of type int. */
  constants?: readonly (readonly [name: string, value: string | number])[];
}

const SECTIONS = 30;

export function writeMetadata({ version, literals, types = [], constants = [] }: MetadataContent): Buffer {
  const wide = version >= 38;
  const sections: { data: Buffer; count: number }[] = Array.from({ length: SECTIONS }, () => ({
    data: Buffer.alloc(0),
    count: 0,
  }));
  const set = (index: number, data: Buffer, count: number): void => {
    sections[index] = { data, count };
  };

  const encoded = literals.map((literal) => Buffer.from(literal as string));
  const table: number[] = [];
  let at = 0;
  for (const data of encoded) {
    table.push(...(version >= 35 ? [at] : [data.length, at]));
    at += data.length;
  }
  set(0, words(table), literals.length);
  set(1, Buffer.concat(encoded), at);

  const names = new NamePool();
  const typeSize = sizeOfType(version);
  const typeRows = types.map((type) => {
    const dot = type.lastIndexOf('.');
    const row = Buffer.alloc(typeSize, 1);
    row.writeUInt32LE(names.add(type.slice(dot + 1)), 0);
    row.writeUInt32LE(names.add(dot < 0 ? '' : type.slice(0, dot)), 4);
    return row;
  });
  set(19, Buffer.concat(typeRows), types.length);

  const fieldSize = version <= 24 ? 16 : 12;
  const fieldRows: Buffer[] = [];
  const defaults: Buffer[] = [];
  const defaultRows: number[] = [];
  let dataAt = 0;
  constants.forEach(([name, value], index) => {
    const row = Buffer.alloc(fieldSize);
    row.writeUInt32LE(names.add(name), 0);
    fieldRows.push(row);
    const data = defaultOf(value, version);
    defaultRows.push(index, 7, dataAt);
    defaults.push(data);
    dataAt += data.length;
  });
  set(7, words(defaultRows), constants.length);
  set(8, Buffer.concat(defaults), dataAt);
  set(11, Buffer.concat(fieldRows), constants.length);
  const pool = names.bytes();
  set(2, pool, pool.length);

  const header = 8 + SECTIONS * (wide ? 12 : 8);
  const head = Buffer.alloc(header);
  head.writeUInt32LE(0xfab11baf, 0);
  head.writeUInt32LE(Math.floor(version), 4);
  let offset = header;
  sections.forEach(({ data, count }, index) => {
    const place = 8 + index * (wide ? 12 : 8);
    head.writeUInt32LE(offset, place);
    head.writeUInt32LE(data.length, place + 4);
    if (wide) head.writeUInt32LE(count, place + 8);
    offset += data.length + (-data.length & 3);
  });
  return Buffer.concat([head, ...sections.flatMap(({ data }) => [data, Buffer.alloc(-data.length & 3)])]);
}

function sizeOfType(version: number): number {
  if (version <= 24) return 104;
  if (version <= 24.15) return 100;
  if (version < 27) return 92;
  if (version < 35) return 88;
  if (version < 38) return 84;
  return 61; // whatever the widths of its indices add up to
}

function defaultOf(value: string | number, version: number): Buffer {
  if (typeof value === 'number') return version < 29 ? words([value]) : compressed(value);
  const text = Buffer.from(value);
  return Buffer.concat([version < 29 ? words([text.length]) : compressed(text.length), text]);
}

/** A positive integer: bit 0 is its sign. */
function compressed(value: number): Buffer {
  const raw = value * 2;
  if (raw < 0x80) return Buffer.from([raw]);
  if (raw < 0x4000) return Buffer.from([0x80 | (raw >> 8), raw & 0xff]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(raw + 0xc0000000);
  return bytes;
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

class NamePool {
  #bytes: Buffer[] = [];
  #offsets = new Map<string, number>();
  #size = 0;

  add(name: string): number {
    const known = this.#offsets.get(name);
    if (known !== undefined) return known;
    const at = this.#size;
    const data = Buffer.from(`${name}\0`);
    this.#bytes.push(data);
    this.#size += data.length;
    this.#offsets.set(name, at);
    return at;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#bytes);
  }
}
