/** Collects what every document of a tree tells about the whole. */
import type { Corpus } from '../corpus.ts';
import type { AccountFact, DatasetFact, DoorFact, Facts, StoreFact } from '../facts.ts';
import { FORMAT_NAMES, FORMATS } from '../formats/index.ts';
import type { FormatName, ReadFile, RuleContext } from '../model.ts';

/** A fact and the file that tells it. */
export interface Told<F> {
  fact: F;
  path: string;
  format: FormatName;
}

export interface TreeFacts {
  stores: Told<StoreFact>[];
  doors: Told<DoorFact>[];
  accounts: Told<AccountFact>[];
  datasets: Told<DatasetFact>[];
}

export function gatherFacts(corpus: Corpus, contextOf: (file: ReadFile) => RuleContext): TreeFacts {
  const all: TreeFacts = { stores: [], doors: [], accounts: [], datasets: [] };
  for (const format of FORMAT_NAMES) gatherOf(format, corpus, contextOf, all);
  return all;
}

function gatherOf<N extends FormatName>(
  format: N,
  corpus: Corpus,
  contextOf: (file: ReadFile) => RuleContext,
  all: TreeFacts,
): void {
  const { facts } = FORMATS[format];
  if (facts === undefined) return;
  const files: readonly ReadFile<N>[] = corpus.files[format];
  for (const file of files) {
    const told: Facts = facts(file, contextOf(file));
    const path = file.source.path;
    const from = <F>(list: readonly F[] = []): Told<F>[] => list.map((fact) => ({ fact, path, format }));
    all.stores.push(...from(told.stores));
    all.doors.push(...from(told.doors));
    all.accounts.push(...from(told.accounts));
    all.datasets.push(...from(told.datasets));
  }
}
