/** Whether a password in a configuration file is a real one that came into the tree with it. */
import { isWellKnown } from './passwords.ts';

/** A text that something fills in later: `${VAR}`, `{{ vault }}`, `<password>`, `%PASSWORD%`, `@@PASSWORD@@`, `__PASSWORD__`. */
export function isFilledInLater(value: string): boolean {
  if (/^\$|\$\{|\$\(|\{\{|<%|\{%/.test(value)) return true;
  return /^(?:<[^<>]*>|%[^%]+%|@@?[^@]+@@?|__\w+__|\[[^[\]]*\]|\{\w+\}|x{3,}|\*{3,}|\.{3,})$/i.test(
    value.slice(0, 256),
  );
}

/** Files that are copied and filled in before they are used. */
export function isSampleFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /[._-](?:example|sample|template|tmpl|tpl|dist|j2|erb)(?:$|[._-])|^(?:example|sample|template)[._-]/i.test(
    name,
  );
}

/** A password that everybody who reads the tree now knows; well-known ones are a finding of their own. */
export function isCommittedSecret(path: string, value: string): boolean {
  return value !== '' && !isFilledInLater(value) && !isSampleFile(path) && !isWellKnown(value);
}
