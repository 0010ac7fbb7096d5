/** Writes a Dart Kernel component as far as the reader looks: sources, strings, index (pkg/kernel/binary.md). */
export interface WrittenSource {
  uri: string;
  importUri?: string;
  text?: string;
}

export interface WrittenKernel {
  /** 4 is that of 2018: without import URIs, and with four table offsets. */
  version?: number;
  sources?: readonly WrittenSource[];
  strings?: readonly string[];
}

function uint(value: number): Buffer {
  if (value < 0x80) return Buffer.from([value]);
  if (value < 0x4000) return Buffer.from([0x80 | (value >> 8), value & 0xff]);
  const four = Buffer.alloc(4);
  four.writeUInt32BE((0xc0000000 | value) >>> 0);
  return four;
}

function word(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value);
  return four;
}

function list(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint(bytes.length), bytes]);
}

export function writeKernel({ version = 57, sources = [], strings = ['main'] }: WrittenKernel): Buffer {
  const old = version < 10;
  const parts: Buffer[] = [];
  let size = 0;
  const put = (part: Buffer): number => {
    parts.push(part);
    size += part.length;
    return size - part.length;
  };
  put(word(0x90abcdef));
  put(word(version));
  put(Buffer.from('0a1b2c3d4e'));
  const library = put(Buffer.alloc(40, 0x15));
  const sourceTable = put(word(sources.length));
  const index = sources.map(({ uri, importUri = '', text = '' }) => {
    const lines = text === '' ? [] : text.split('\n');
    return put(
      Buffer.concat([
        list(uri),
        list(text),
        uint(lines.length),
        ...lines.map((line) => uint(line.length + 1)),
        ...(old ? [] : [list(importUri), uint(0)]),
      ]),
    );
  });
  for (const at of index) put(word(at));
  const names = put(Buffer.concat([uint(2), uint(0), uint(0), uint(1), uint(1)]));
  const metadata = put(word(0));
  const bytes = strings.map((text) => Buffer.from(text));
  let end = 0;
  const ends = bytes.map((text) => {
    end += text.length;
    return uint(end);
  });
  const table = put(Buffer.concat([uint(strings.length), ...ends, ...bytes]));
  const constants = put(uint(0));
  while (!old && size % 8 !== 0) put(Buffer.alloc(1));
  const tables = old
    ? [sourceTable, names, table, constants, 3]
    : [sourceTable, names, metadata, metadata, table, constants, 0, 2];
  for (const at of tables) put(word(at));
  put(word(library));
  put(word(sourceTable));
  put(word(1));
  put(word(size + 4));
  return Buffer.concat(parts);
}
