/** What a reader of one binary format is handed, and what it gives back. */
import type { Limits } from '../containers/budget.ts';
import type { FoundString, PackageSink } from '../source.ts';
import type { ReadResult } from './result.ts';

export interface ReadContext {
  /** Label of the entry: its path, nested archives joined by `!`. */
  entry: string;
  limits: Limits;
  sink: PackageSink;
  /** Hands on one string of the entry. `offset`: of its first byte in the entry's bytes. */
  string(text: string, offset: number | undefined, more?: Pick<FoundString, 'name' | 'code' | 'joined'>): void;
  /** The context of a file inside this entry: an assembly of a store, a slice of a fat file. */
  inner(name: string): ReadContext;
}

/**
 * Reads all bytes of one entry. Bounded in time and memory whatever they claim: no allocation by a declared size that the
 * bytes cannot hold, no loop that the bytes do not feed. Never throws on bad input: it returns `failed` or `partial`,
 * with what was found before.
 */
export type BinaryReader = (bytes: Buffer, context: ReadContext) => ReadResult | Promise<ReadResult>;

/** One binary format: how it is recognised, and how its reader is loaded once one is met. */
export interface BinaryFormat {
  /** For people: `Hermes bytecode`. */
  what: string;
  via: FoundString['via'];
  /** Names that tell it without a look at the bytes: tested against the last part of the path. */
  names?: RegExp;
  /** @param head the first bytes, 512 where there are as many */
  matches(head: Buffer): boolean;
  /** Where there are thousands in a package: what to count them as. Only those that cannot be read are told one by one. */
  many?: string;
  load(): Promise<BinaryReader>;
}
