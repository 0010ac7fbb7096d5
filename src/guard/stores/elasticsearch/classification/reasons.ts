/** Why an operation of the published specifications does not exist behind the guard. Closed: a new reason is a decision. */
export const REASONS = {
  cluster: 'tells of, or changes, nodes, settings, tasks or other tenants’ load (B171)',
  indices: 'makes, changes, describes or copies indices, mappings, templates, aliases or data streams (B167)',
  documents: 'reads or changes documents in a way that the document filter is not compiled into (B162, B165)',
  terms: 'tells of terms, statistics or plans that hidden documents are part of (B154, B156, B159)',
  script: 'runs or keeps scripts or templates, which no grammar here reads (B161, B172)',
  language: 'reads a query language that is not compiled here (B163)',
  results: 'keeps answers or work in the store under ids of the store’s own (B144)',
  background: 'makes jobs that later run with the gateway’s own identity (B169)',
  pipeline: 'changes what happens to documents or answers on their way (B053, B133)',
  snapshot: 'copies data out of, or back into, the store (B168)',
  security: 'changes or tells of the store’s own accounts, roles, keys or licence (B173)',
  model: 'runs or keeps models, connectors or agents that reach outside',
  product: 'belongs to an application on top of the store, with indices of its own',
} as const satisfies Record<string, string>;

export type Reason = keyof typeof REASONS;
