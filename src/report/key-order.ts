/**
 * Every key of the contracts, in the order in which JSON prints them: identity, then judgement, then detail. One list
 * for all objects. A key that is missing here would be printed last; a test fails for it.
 */
export const KEY_ORDER = [
  ...['schema', 'type', 'kind', 'tool', 'id', 'name', 'fingerprint', 'finding', 'rule', 'code', 'subject', 'asset'],
  ...['state', 'before', 'status', 'severity', 'confidence', 'owner', 'verdict', 'sensitivity'],
  ...['headline', 'title', 'message', 'statement', 'expires', 'issuedAt', 'startedAt', 'finishedAt', 'vantage'],
  ...['scopeHash', 'reportHash', 'root', 'app', 'platform', 'appId', 'version', 'sha256', 'target'],
  ...['from', 'relation', 'to', 'text', 'detail'],
  ...['url', 'raw', 'scheme', 'host', 'address', 'port', 'service', 'path', 'file', 'entry', 'format', 'via'],
  ...['line', 'column', 'endLine', 'endColumn', 'offset', 'pointer', 'actual', 'expected'],
  ...['origin', 'reason', 'complete', 'provider', 'mask', 'hash', 'value', 'source'],
  ...['tls', 'protocol', 'fingerprint256', 'tlsFingerprint256', 'request', 'answer', 'ok', 'at', 'what', 'count'],
  ...['documents', 'bytes', 'category', 'categories', 'fields', 'elapsedMs', 'notTested', 'foundIn'],
  ...['start', 'end', 'edits', 'blastRadius', 'needsConfirmation'],
  ...[
    'apps',
    'store',
    'links',
    'outsider',
    'exchanges',
    'datasets',
    'tasks',
    'unknowns',
    'rules',
    'attempts',
    'control',
  ],
  ...['summary', 'exposed', 'closed', 'unknown', 'worst', 'assets', 'edges', 'endpoints', 'credentials', 'settings'],
  ...[
    'stories',
    'stores',
    'findings',
    'known',
    'suppressed',
    'proposals',
    'coverage',
    'files',
    'patches',
    'evidence',
    'skips',
  ],
] as const;
