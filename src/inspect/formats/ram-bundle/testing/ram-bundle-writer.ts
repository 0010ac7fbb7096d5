/** An indexed RAM bundle as metro writes it (src/shared/output/RamBundle/as-indexed-file.js); undefined is an id without module. */
export function writeRamBundle(startup: string, modules: readonly (string | undefined)[]): Buffer {
  const start = terminated(startup);
  const table = Buffer.alloc(12 + modules.length * 8);
  table.writeUInt32LE(0xfb0bd1e5, 0);
  table.writeUInt32LE(modules.length, 4);
  table.writeUInt32LE(start.length, 8);
  const pieces = [start];
  let offset = start.length;
  modules.forEach((module, id) => {
    if (module === undefined) return;
    const piece = terminated(module);
    table.writeUInt32LE(offset, 12 + id * 8);
    table.writeUInt32LE(piece.length, 16 + id * 8);
    pieces.push(piece);
    offset += piece.length;
  });
  return Buffer.concat([table, ...pieces]);
}

function terminated(code: string): Buffer {
  return Buffer.from(`${code}\0`);
}
