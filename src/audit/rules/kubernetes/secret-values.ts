/** Values of Secrets, and what is a secret at all. */
import { isPasswordName } from '../../containers/passwords.ts';
import { at, isTemplated, itemsOf, type KubernetesObject } from '../../formats/kubernetes/objects.ts';
import { child, textOf } from '../../formats/yaml/read.ts';
import type { Span } from '../../source.ts';

/** What people write where the real value is put in later. */
export function isPlaceholder(value: string): boolean {
  return (
    isTemplated(value) ||
    /^(?:<.*>|\[.*\]|\*+|x{3,}|\.{3,}|-+|_+|todo|tbd|none|null|n\/a)$/i.test(value) ||
    /change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|with)|your[-_ ]|placeholder|insert[-_ ]|\bdummy\b|redacted/i.test(
      value,
    ) ||
    /^(?:vault:|ref\+|ENC\[|AgA|<path:|\$\(|op:\/\/|secret:|arn:aws:secretsmanager:|projects\/)/.test(value)
  );
}

export function isSecretKey(key: string): boolean {
  return isPasswordName(
    key
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[-.]/g, '_')
      .toUpperCase(),
  );
}

interface SecretValue {
  key: string;
  /** Decoded. */
  value: string;
  span: Span;
}

/** Readable values of a Secret, and of the literals that a kustomization makes one of. */
export function* secretValues(object: KubernetesObject): Generator<SecretValue> {
  if (object.kind === 'Secret' && object.apiVersion === 'v1') {
    for (const field of ['data', 'stringData']) {
      const data = at(object.node, field);
      for (const { key, value } of data?.kind === 'map' ? data.entries.slice(0, 500) : []) {
        const text = textOf(value);
        if (!value || text === null || text === '' || value.span.end <= value.span.start) continue;
        const decoded = field === 'stringData' ? text : decode(text);
        if (decoded !== null) yield { key, value: decoded.trim(), span: value.span };
      }
    }
  }
  if (object.kind !== 'Kustomization') return;
  for (const item of itemsOf(at(object.node, 'secretGenerator'))) {
    for (const literal of itemsOf(child(item, 'literals'))) {
      const text = textOf(literal) ?? '';
      const equals = text.indexOf('=');
      if (equals > 0)
        yield {
          key: text.slice(0, equals),
          value: text.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2'),
          span: literal.span,
        };
    }
  }
}

/** Null for what is no base64: a template or an encrypted value. */
function decode(text: string): string | null {
  const compact = text.replace(/\s/g, '');
  if (compact.length > 1_000_000 || compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return null;
  return Buffer.from(compact, 'base64').toString('utf8');
}
