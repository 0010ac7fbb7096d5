/** Writes a static library as `ar` and `libtool` do: short names end in a slash or blanks, long ones stand in the data. */
export function writeStaticLibrary(members: readonly { name: string; data: Buffer }[]): Buffer {
  const parts: Buffer[] = [Buffer.from('!<arch>\n')];
  for (const { name, data } of members) {
    const long = name.length > 16;
    const inside = long ? Buffer.from(name.padEnd((name.length + 7) & ~7, '\0')) : Buffer.alloc(0);
    const size = inside.length + data.length;
    const label = long ? `#1/${inside.length}` : name;
    parts.push(Buffer.from(`${label.padEnd(16)}${'0'.padEnd(12)}0     0     100644  ${String(size).padEnd(10)}\`\n`));
    parts.push(inside, data);
    if (size % 2 === 1) parts.push(Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}
