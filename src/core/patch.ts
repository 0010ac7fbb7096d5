/**
 * A minimal edit of one text file. Offsets are UTF-16 code units into the file as it was read (`sha256` of its bytes
 * pins that), so that an edit can be applied without re-serialising anything around it.
 */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

export interface Patch {
  /** The file, relative to the audited root, with forward slashes. */
  path: string;
  /** SHA-256 (hex) of the file's bytes that the edits were computed on. */
  sha256: string;
  edits: TextEdit[];
  /** What the edit does, in one sentence. */
  title: string;
  /** Whom it may cut off. */
  blastRadius: string;
  /** True when a person must decide before it is applied. */
  needsConfirmation: boolean;
}
