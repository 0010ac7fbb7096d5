import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { STORE_TITLES } from '../../../core/store-titles.ts';
import { serviceTitle } from '../../../core/words.ts';
import { storeOfHost, storeOfString } from '../../detectors/store-forms.ts';
import { parseUrl } from '../../detectors/url.ts';
import { STORE_FAMILIES, storeKind } from './index.ts';
import { decodeCloudId } from './search.ts';

const pattern = z.instanceof(RegExp).refine(({ source, flags }) => {
  const bare = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  return !flags.includes('g') && !/[*+]|\{\d+,\}/.test(bare);
}, 'every quantifier has an upper bound');
const whole = pattern.refine(({ source }) => source.startsWith('^') && source.endsWith('$'), 'anchored on both sides');
const source = z.url({ protocol: /^https?$/ });
const examples = z.strictObject({
  is: z.record(z.string().min(3), z.string().min(1)).refine((is) => Object.keys(is).length > 0),
  not: z.array(z.string()).min(1),
});
const form = { kind: z.string().regex(/^[a-z0-9-]+$/), source, examples };

/** What a file of this folder must look like. */
const familySchema = z.strictObject({
  name: z.string().regex(/^[a-z]+$/),
  kinds: z.record(
    z.string(),
    z.strictObject({
      holds: z.enum(['records', 'files', 'identities', 'messages', 'code', 'nothing']),
      reach: z.string().min(10).regex(/[^.]$/),
    }),
  ),
  hosts: z
    .array(
      z.strictObject({
        ...form,
        domains: z.array(z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/)),
        host: whole,
        path: pattern.refine(({ source }) => source.startsWith('^')).optional(),
        not: whole.optional(),
      }),
    )
    .optional(),
  values: z
    .array(
      z.strictObject({
        ...form,
        mark: z.union([
          z.strictObject({ start: z.string().min(2) }),
          z.strictObject({ end: z.string().min(2) }),
          z.strictObject({ region: z.literal(true) }),
          z.strictObject({ has: z.string().min(1), least: z.number().min(20) }),
        ]),
        value: whole,
        read: z.function().optional(),
      }),
    )
    .optional(),
  names: z
    .array(
      z.strictObject({
        ...form,
        keys: z.array(z.string().regex(/^[\w.]+$/)).min(1),
        value: whole,
        entry: z.instanceof(RegExp).optional(),
        resource: z.literal(true).optional(),
        read: z.function().optional(),
      }),
    )
    .optional(),
});

function ofUrl(text: string) {
  const parsed = parseUrl(text);
  if (parsed?.host === undefined) return undefined;
  return storeOfHost(parsed.scheme, parsed.host, `${parsed.path}${parsed.query}`);
}

function ofNamed(text: string) {
  const at = text.indexOf('=');
  return storeOfString({
    text: text.slice(at + 1),
    name: `string/${text.slice(0, at)}`,
    // a place where every form may stand: those that ask for one are asked elsewhere, too
    entry: 'res/raw/awsconfiguration-google-services.json',
    via: 'resource',
  });
}

const ofValue = (text: string) => storeOfString({ text, entry: 'classes.dex', via: 'dex-string' });

describe('the families of back ends', () => {
  it('have a title for each kind, and no title without a kind', () => {
    const kinds = STORE_FAMILIES.flatMap((family) => Object.keys(family.kinds));
    expect(kinds.filter((kind) => serviceTitle(kind) === kind)).toEqual([]);
    expect(Object.keys(STORE_TITLES).filter((kind) => storeKind(kind) === undefined)).toEqual([]);
  });

  it('are many, each once', () => {
    expect(STORE_FAMILIES.length).toBeGreaterThanOrEqual(10);
    expect(new Set(STORE_FAMILIES.map(({ name }) => name)).size).toBe(STORE_FAMILIES.length);
    const kinds = STORE_FAMILIES.flatMap((family) => Object.keys(family.kinds));
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(storeKind('firebase-rtdb')?.holds).toBe('records');
    expect(storeKind('none')).toBeUndefined();
  });

  for (const family of STORE_FAMILIES) {
    const { hosts = [], values = [], names = [] } = family;
    describe(family.name, () => {
      it('has the shape of a family', () => {
        expect(familySchema.safeParse(family).error?.issues ?? []).toEqual([]);
      });
      it('describes the kinds of its forms, and no other', () => {
        const used = new Set([...hosts, ...values, ...names].map(({ kind }) => kind));
        expect(Object.keys(family.kinds).filter((kind) => !used.has(kind))).toEqual([]);
        expect([...used].filter((kind) => !(kind in family.kinds))).toEqual([]);
      });
      it.each(
        hosts.flatMap(({ kind, examples: { is } }) => Object.entries(is).map(([url, id]) => [url, kind, id] as const)),
      )('takes %s for %s %s', (url, kind, id) => {
        expect(ofUrl(url)).toMatchObject({ kind, id });
      });
      it.each(
        values.flatMap(({ kind, examples: { is } }) =>
          Object.entries(is).map(([text, id]) => [text, kind, id] as const),
        ),
      )('takes the string %s for %s %s', (text, kind, id) => {
        expect(ofValue(text)).toMatchObject({ kind, id });
      });
      it.each(
        names.flatMap(({ kind, examples: { is } }) =>
          Object.entries(is).map(([text, id]) => [text, kind, id] as const),
        ),
      )('takes the named %s for %s %s', (text, kind, id) => {
        expect(ofNamed(text)).toMatchObject({ kind, id });
      });
      it.each([
        ...hosts.flatMap(({ kind, examples: { not } }) => not.map((text) => [text, kind, ofUrl] as const)),
        ...values.flatMap(({ kind, examples: { not } }) => not.map((text) => [text, kind, ofValue] as const)),
        ...names.flatMap(({ kind, examples: { not } }) => not.map((text) => [text, kind, ofNamed] as const)),
      ])('does not take %s for %s', (text, kind, look) => {
        expect(look(text)?.kind).not.toBe(kind);
      });
    });
  }
});

describe('a Cloud ID', () => {
  const id = (text: string) => decodeCloudId(Buffer.from(text).toString('base64'));
  it('names host and port of the deployment', () => {
    expect(id('westeurope.azure.elastic-cloud.com:9243$0123456789abcdef$fedcba9876543210')).toEqual({
      id: '0123456789abcdef',
      url: 'https://0123456789abcdef.westeurope.azure.elastic-cloud.com:9243',
      host: '0123456789abcdef.westeurope.azure.elastic-cloud.com',
    });
    expect(id('us-east-1.aws.found.io:443$0123456789abcdef')?.url).toBe(
      'https://0123456789abcdef.us-east-1.aws.found.io',
    );
  });
  it.each(['no dollar at all', '$0123456789abcdef', 'localhost$0123456789abcdef', 'a.example$short'])(
    'is not what decodes to %j',
    (text) => {
      expect(id(text)).toBeUndefined();
    },
  );
});
