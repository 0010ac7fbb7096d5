/** Writes small ELF libraries, little-endian, for tests: sections with contents, and dynamic symbols into them. */
export interface ElfContents {
  bits?: 32 | 64;
  machine?: number;
  sections: { name: string; bytes: Buffer; flags?: number }[];
  /** Name -> section it points at. */
  symbols?: Record<string, string>;
  /** No section headers: only segments, as packers leave it. */
  stripped?: boolean;
}

const ALLOC = 2;

export function writeElf({ bits = 64, machine = 183, sections, symbols = {}, stripped = false }: ElfContents): Buffer {
  const wide = bits === 64;
  const header = wide ? 64 : 52;
  const phentsize = wide ? 56 : 32;
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(wide ? 8 : 4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const u16 = (...values: number[]): Buffer => Buffer.from(new Uint8Array(Uint16Array.from(values).buffer));
  const u32 = (...values: number[]): Buffer => Buffer.from(new Uint8Array(Uint32Array.from(values).buffer));

  const parts: Buffer[] = [Buffer.alloc(header + 2 * phentsize)];
  let size = parts[0]?.length ?? 0;
  const put = (bytes: Buffer): number => {
    const padding = -size & 63;
    parts.push(Buffer.alloc(padding), bytes);
    const at = size + padding;
    size = at + bytes.length;
    return at;
  };
  const placed = sections.map((section) => ({ ...section, type: 1, link: 0, at: put(section.bytes) }));

  const pool: string[] = [''];
  const offsetIn = (name: string): number =>
    pool.slice(0, pool.indexOf(name)).reduce((sum, one) => sum + one.length + 1, 0);
  pool.push(...Object.keys(symbols));
  const entry = (name: string, address: number, bytes: number): Buffer =>
    wide
      ? Buffer.concat([u32(offsetIn(name)), Buffer.from([0x11, 0, 1, 0]), word(address), word(bytes)])
      : Buffer.concat([u32(offsetIn(name), address, bytes), Buffer.from([0x11, 0, 1, 0])]);
  const table = Buffer.concat([
    Buffer.alloc(wide ? 24 : 16),
    ...Object.entries(symbols).map(([name, section]) => {
      const target = placed.find((one) => one.name === section);
      return entry(name, target?.at ?? 0, target?.bytes.length ?? 0);
    }),
  ]);
  const dynsym = put(table);
  const names = Buffer.from(`${pool.join('\0')}\0`);
  const dynstr = put(names);
  const dynamicBytes = Buffer.concat([
    ...[
      [5, dynstr],
      [6, dynsym],
      [10, names.length],
      [0, 0],
    ].flatMap(([tag = 0, value = 0]) => [word(tag), word(value)]),
  ]);
  const dynamic = put(dynamicBytes);
  const loaded = size;

  const all = [
    { name: '', type: 0, flags: 0, at: 0, bytes: Buffer.alloc(0), link: 0 },
    ...placed.map((one) => ({ ...one, flags: one.flags ?? ALLOC })),
    { name: '.dynsym', type: 11, flags: ALLOC, at: dynsym, bytes: table, link: placed.length + 2 },
    { name: '.dynstr', type: 3, flags: ALLOC, at: dynstr, bytes: names, link: 0 },
  ];
  const sectionNames = [...all.map(({ name }) => name), '.shstrtab'];
  const shstrtab = Buffer.from(`${sectionNames.join('\0')}\0`);
  const shstr = put(shstrtab);
  const rows = [...all, { name: '.shstrtab', type: 3, flags: 0, at: shstr, bytes: shstrtab, link: 0 }];
  const shoff = put(
    Buffer.concat(
      rows.map(({ type, flags, at, bytes, link }, index) => {
        const name = sectionNames.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
        return Buffer.concat([
          u32(name, type),
          word(flags),
          word(at),
          word(at),
          word(bytes.length),
          u32(link, 0),
          word(1),
          word(0),
        ]);
      }),
    ),
  );
  const file = Buffer.concat(parts);
  const segment = (type: number, flags: number, at: number, bytes: number): Buffer =>
    wide
      ? Buffer.concat([u32(type, flags), word(at), word(at), word(at), word(bytes), word(bytes), word(64)])
      : u32(type, at, at, at, bytes, bytes, flags, 64);
  Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    u16(3, machine),
    u32(1),
    word(0),
    word(header),
    word(stripped ? 0 : shoff),
    u32(0),
    u16(header, phentsize, 2, wide ? 64 : 40, stripped ? 0 : rows.length, stripped ? 0 : rows.length - 1),
    segment(1, 4, 0, loaded),
    segment(2, 4, dynamic, dynamicBytes.length),
  ]).copy(file);
  return file;
}
