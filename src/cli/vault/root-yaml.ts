import { dirname, isAbsolute, relative, sep } from 'node:path';
import type { SecretReference } from '../../config/secret.ts';
import type { RootKeyConfig } from '../../guard/policy/resources-config.ts';

/** A root key as a policy has it, in one line: `rootKey: { sealed: secrets/root, passphraseEnv: P }`. */
export function rootKeyYaml(rootKey: RootKeyConfig, policyPath: string): string {
  const place = (path: string) => shorter(path, dirname(policyPath));
  const secret = (name: string, reference: SecretReference): readonly (readonly [string, string])[] =>
    'file' in reference ? [[`${name}File`, place(reference.file)]] : [[`${name}Env`, reference.env]];
  switch (rootKey.kind) {
    case 'file':
      return line('rootKey', [['file', place(rootKey.path)]]);
    case 'sealed':
      return line('rootKey', [['sealed', place(rootKey.path)], ...secret('passphrase', rootKey.passphrase)]);
    case 'transit': {
      const { url, mount, key, token, namespace, ca } = rootKey;
      const fields: (readonly [string, string])[] = [
        ['url', url],
        ['mount', mount],
        ['key', key],
        ...secret('token', token),
      ];
      if (namespace !== null) fields.push(['namespace', namespace]);
      if (ca !== null) fields.push(['ca', place(ca)]);
      return `rootKey: { ${line('transit', fields)} }`;
    }
    case 'aws-kms': {
      const { keyId, region, endpoint } = rootKey;
      const fields: (readonly [string, string])[] = [
        ['keyId', keyId],
        ['region', region],
      ];
      if (endpoint !== null) fields.push(['endpoint', endpoint]);
      return `rootKey: { ${line('awsKms', fields)} }`;
    }
  }
}

function line(name: string, fields: readonly (readonly [string, string])[]): string {
  return `${name}: { ${fields.map(([key, value]) => `${key}: ${scalar(value)}`).join(', ')} }`;
}

/** A JSON string is a YAML one (YAML 1.2, 1.3). */
function scalar(value: string): string {
  return /^[A-Za-z./][\w./-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off)$/i.test(value)
    ? value
    : JSON.stringify(value);
}

/** As the file's folder sees it; absolute where it is elsewhere. */
function shorter(path: string, folder: string): string {
  const way = relative(folder, path);
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? path : way;
}
