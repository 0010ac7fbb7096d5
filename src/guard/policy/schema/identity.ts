import { z } from 'zod';
import { TOKEN_ALGORITHMS } from '../identity-config.ts';
import { fileSchema, isTrustedUrl, nameSchema } from './names.ts';
import { duration } from './units.ts';

const text = z.string().min(1);
const url = z.string().refine(isTrustedUrl, { error: 'expected an https:// URL (http:// on loopback only)' });

/** Claims that the policy gives by itself: plain JSON. */
export const claimsSchema = z.record(text, z.json()).describe('claims given to everyone who comes this way');

const issuerSchema = z.strictObject({
  name: nameSchema.describe('what `match.issuer` of a role says'),
  issuer: url.describe('the `iss` of its tokens, character by character'),
  audience: z.array(text).min(1).describe('the `aud` of a token must hold one of these'),
  jwks: z
    .strictObject({ url: url.optional(), file: fileSchema.optional() })
    .refine((jwks) => (jwks.url === undefined) !== (jwks.file === undefined), { error: 'expected url or file' })
    .optional()
    .describe('where its keys stand; left out: OpenID discovery at the issuer'),
  algorithms: z.array(z.enum(TOKEN_ALGORITHMS)).min(1).describe('accepted signature algorithms'),
  types: z
    .array(text.regex(/^[A-Za-z0-9!#$&^_.+/-]+$/, { error: 'expected a token type, e.g. at+jwt' }))
    .min(1)
    .default(['at+jwt', 'JWT'])
    .describe('accepted `typ` of tokens; at+jwt alone keeps ID tokens out'),
  clockTolerance: duration.prefault('30s'),
  subject: text.default('sub').describe('claim that names the person'),
  dpop: z
    .enum(['when-bound', 'required'])
    .default('when-bound')
    .describe('required: every token must be bound to a key of the client (RFC 9449)'),
  revoked: z
    .strictObject({ file: fileSchema })
    .optional()
    .describe('JSON file with lists jti, sub or kid; read again when it changes'),
});

const certificateSchema = z.strictObject({
  name: nameSchema.describe('what `match.certificate` of a role says'),
  ca: fileSchema.describe('PEM file with the authorities that sign these certificates'),
  subject: z.enum(['cn', 'dns', 'uri']).default('cn').describe('what names the holder'),
  claims: claimsSchema.default({}),
});

export const identitySchema = z.strictObject({
  issuers: z.array(issuerSchema).default([]).describe('who signs the tokens (JWT) that are accepted'),
  apiKeys: z
    .strictObject({ file: fileSchema })
    .optional()
    .describe('JSON file of hashed API keys: [{ id, hash, roles, claims, expires }]'),
  certificates: z.array(certificateSchema).default([]).describe('client certificates that are accepted'),
  anonymous: z
    .union([z.boolean(), z.strictObject({ claims: claimsSchema.default({}) })], {
      error: 'expected false, true, or { claims: { … } }',
    })
    .default(false)
    .describe('let requests without credentials in, as the roles that match `anonymous: true`'),
});

export type IdentityFile = z.infer<typeof identitySchema>;
