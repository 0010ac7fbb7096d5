/**
 * Lists a ZIP archive through yauzl: ZIP64, names of other code pages, damage. Loaded only for an archive that
 * zip-plain.ts leaves alone, which few packages are.
 */
import yauzl from 'yauzl';
import type { ByteSource } from './byte-source.ts';
import { entryName, type ZipEntry } from './zip-entry.ts';

class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    callback(null, this.#source.read(position, length).copy(target, offset));
  }

  override _readStreamForRange(): never {
    throw new Error('entries are read by readEntry, not through yauzl');
  }
}

/**
 * Hands each entry to `take` until it returns false.
 *
 * @returns whether all were taken
 * @throws Error when the directory is damaged; what was read before that was handed over
 */
export async function listThroughYauzl(source: ByteSource, take: (entry: ZipEntry) => boolean): Promise<boolean> {
  const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false, autoClose: false };
  const zip = await yauzl.fromRandomAccessReaderPromise(new SourceReader(source), source.size, options);
  return eachEntry(zip, (entry) => take(describe(entry)));
}

function describe(entry: yauzl.Entry): ZipEntry {
  return {
    name: entryName(entry.fileNameRaw, () =>
      yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false),
    ),
    method: entry.compressionMethod,
    encrypted: (entry.generalPurposeBitFlag & 1) !== 0,
    crc32: entry.crc32,
    compressedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    headerOffset: entry.relativeOffsetOfLocalHeader,
  };
}

/**
 * Hands each entry to `take` until it returns false. Our reader answers at once, so entries come in a plain loop; yauzl's
 * own iterator makes a promise for each, which costs more than reading it when there are thousands.
 *
 * @returns whether all were taken
 */
function eachEntry(zip: yauzl.ZipFile, take: (entry: yauzl.Entry) => boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let waiting = false;
    let looping = false;
    function next(): void {
      looping = true;
      do {
        waiting = true;
        zip.readEntry();
      } while (!waiting);
      looping = false;
    }
    zip.on('entry', (entry) => {
      if (!take(entry)) return resolve(false);
      waiting = false;
      if (!looping) next(); // yauzl defers an entry without a name
    });
    zip.on('end', () => resolve(true));
    zip.on('error', reject);
    next();
  });
}
