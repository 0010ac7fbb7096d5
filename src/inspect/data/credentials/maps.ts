import { readJwt } from '../../formats/jwt.ts';
import type { CredentialFamily, Verdict } from './credential-rule.ts';
import { B40 } from './example-values.ts';

/** After `pk.` or `sk.` come claims, `{"u": account, "a": id}`, and a signature: a JWT without its header. */
function judgeMapbox(value: string): Verdict | null {
  const claims = readJwt(`e30.${value.split('.')[1] ?? ''}`)?.claims;
  return claims === undefined ? {} : { validated: 'structure' };
}

const CLAIMS = Buffer.from('{"u":"bluemarket","a":"ck0123456789abcdefghij"}').toString('base64url');

export const maps: CredentialFamily = {
  name: 'maps',
  rules: [
    {
      provider: 'mapbox',
      kind: 'secret-token',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'the scopes that it was given: maps, datasets, further tokens of the account',
      keywords: ['sk.eyJ'],
      pattern: /(?<![\w-])(sk\.eyJ[\w-]{30,200}\.[\w-]{20,30})(?![\w-])/g,
      judge: judgeMapbox,
      source: 'https://docs.mapbox.com/help/getting-started/access-tokens/',
      examples: { bad: [`sk.${CLAIMS}.${B40.slice(0, 22)}`], good: ['sk.eyJ1'] },
    },
    {
      provider: 'mapbox',
      kind: 'public-token',
      sensitivity: 'public',
      severity: 'info',
      grants: 'loads maps on the account’s bill',
      keywords: ['pk.eyJ'],
      pattern: /(?<![\w-])(pk\.eyJ[\w-]{30,200}\.[\w-]{20,30})(?![\w-])/g,
      judge: judgeMapbox,
      source: 'https://docs.mapbox.com/help/getting-started/access-tokens/',
      examples: { bad: [`pk.${CLAIMS}.${B40.slice(0, 22)}`], good: ['pk.eyJ1'] },
    },
  ],
};
