/** `devices` and `anomalies` of guard.yaml, and what a role asks of the device behind a request. */
import { z } from 'zod';
import { DEVICE_PLATFORMS } from '../../contract/device.ts';
import { callLimitsShape, roleLimitsShape } from './limits.ts';
import { fileSchema, isTrustedUrl } from './names.ts';
import { day, duration, occurrences } from './units.ts';

const text = z.string().min(1);

/** `5.2.0`, or a version code. A number with a dot is refused: YAML reads 5.10 as 5.1. */
const version = z
  .union([z.string().regex(/^\d{1,9}(?:\.\d{1,9}){0,3}$/), z.int().min(0).max(2_147_483_647)], {
    error: 'expected a version such as "5.2.0", in quotes, or a version code',
  })
  .transform(String);

const packages = z
  .array(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+$/, {
      error: 'expected a package name, e.g. org.example.shop',
    }),
  )
  .min(1)
  .describe('package names of the app');

/** As `keytool` and `apksigner` print it, or as Play's verdict says it. */
const fingerprint = z.string().regex(/^(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){31}|[A-Za-z0-9_-]{43})$/, {
  error:
    'expected the SHA-256 of a signing certificate: 64 hex digits (with or without colons), or 43 characters of base64url',
});
const certificates = z.array(fingerprint).min(1).describe('SHA-256 of the certificates that sign the app');
const integrity = z.enum(['basic', 'device', 'strong']);

const appAttestSchema = z.strictObject({
  appIds: z
    .array(
      z.string().regex(/^[A-Z0-9]{10}\.[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/, {
        error: 'expected TEAMID.bundle.id, e.g. ABCDE12345.org.example.shop',
      }),
    )
    .min(1),
  environment: z.enum(['production', 'development']).default('production'),
});

const playIntegritySchema = z
  .strictObject({
    packages,
    certificates,
    classic: z
      .strictObject({
        decryptionKeyFile: fileSchema.optional(),
        decryptionKeyEnv: text.optional(),
        verificationKeyFile: fileSchema.optional(),
        verificationKeyEnv: text.optional(),
      })
      .refine(
        (c) =>
          (c.decryptionKeyFile === undefined) !== (c.decryptionKeyEnv === undefined) &&
          (c.verificationKeyFile === undefined) !== (c.verificationKeyEnv === undefined),
        { error: 'expected decryptionKeyFile and verificationKeyFile (or …Env)' },
      )
      .optional()
      .describe('tokens are opened here, with the app’s own response keys of the Play Console'),
    standard: z
      .strictObject({ serviceAccountFile: fileSchema })
      .optional()
      .describe('tokens are opened by Google, with this service account'),
    integrity: integrity.default('device').describe('least that the verdict says of the device'),
    licensed: z.boolean().default(false).describe('the person has got the app from Google Play'),
    maxAge: duration.prefault('2m').describe('oldest verdict'),
  })
  .refine((play) => play.classic !== undefined || play.standard !== undefined, {
    error: 'expected classic, standard or both',
  });

const keyAttestationSchema = z.strictObject({
  packages,
  certificates,
  roots: fileSchema.optional().describe('PEM file of roots instead of Google’s own'),
  securityLevel: z.enum(['trusted-environment', 'strongbox']).default('trusted-environment'),
  patchLevel: z
    .int()
    .refine((level) => level >= 201_501 && level <= 209_912 && level % 100 >= 1 && level % 100 <= 12, {
      error: 'expected year and month, e.g. 202601',
    })
    .optional()
    .describe('oldest security patch level'),
  statusList: fileSchema.optional().describe('JSON list of revoked keys, as Google publishes it'),
});

const appCheckSchema = z.strictObject({
  project: z.string().regex(/^\d{4,20}$/, { error: 'expected the number of the Firebase project, in quotes' }),
  appIds: z
    .array(
      z.string().regex(/^\d+:\d+:(?:ios|android|web):[0-9a-f]+$/, {
        error: 'expected a Firebase app id, e.g. 1:1234567890:ios:321abc456def7890',
      }),
    )
    .min(1),
  jwks: fileSchema.optional().describe('keys from a file; left out: Firebase’s own URL is asked'),
});

export const devicesSchema = z
  .strictObject({
    path: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/, { error: 'expected one plain segment, e.g. device' })
      .default('device')
      .describe('first segment of the endpoints'),
    tokens: z.strictObject({
      issuer: z
        .string()
        .refine((url) => isTrustedUrl(url) && new URL(url).search === '', {
          error: 'expected an https:// URL (http:// on loopback only)',
        })
        .describe('`iss` and `aud` of the gateway’s own tokens'),
      lifetime: duration.prefault('10m'),
      key: fileSchema.default('.postern/guard-device.key').describe('signs them; shared by all gateways'),
    }),
    challengeKey: fileSchema
      .default('.postern/guard-challenge.key')
      .describe('makes challenges and nonces; shared by all gateways'),
    nonce: z.boolean().default(true).describe('every DPoP proof holds a nonce of the gateway (RFC 9449, 8)'),
    maxDevices: z.int().min(1).max(1000).default(10).describe('enrolments of one person'),
    appAttest: appAttestSchema.optional().describe('Apple App Attest'),
    playIntegrity: playIntegritySchema.optional().describe('Google Play Integrity'),
    keyAttestation: keyAttestationSchema.optional().describe('Android Key Attestation, without Google Play'),
    appCheck: appCheckSchema.optional().describe('Firebase App Check'),
  })
  .describe('enrolment of devices, and the tokens that are bound to them');

export const requirementSchema = z
  .strictObject({
    attested: z.boolean().default(true).describe('the app and its device were proven'),
    minimumVersion: z.partialRecord(z.enum(DEVICE_PLATFORMS), version).default({}).describe('by platform'),
    integrity: integrity.default('basic'),
    fresh: z
      .array(z.string().min(1).max(128))
      .default([])
      .describe('operations that need an assertion over this very request: orders.delete, or one of the search API'),
    legacy: z
      .array(
        z.strictObject({
          platform: z.enum(DEVICE_PLATFORMS).optional().describe('default: every one'),
          below: version.describe('versions before this one'),
          until: day.describe('last day'),
          limits: z.strictObject(roleLimitsShape).prefault({}),
        }),
      )
      .default([])
      .describe('old versions without attestation that are still let in'),
  })
  .describe('what the role asks of the device');

const anomalySchema = z.strictObject({
  kind: z
    .enum(['walk', 'enumeration', 'slicing'])
    .describe('walk: page after page; enumeration: ids that are not there; slicing: range after range'),
  count: occurrences.describe('events in a time, e.g. 50/10m'),
  action: z.enum(['alarm', 'throttle', 'step-up', 'block']),
  limits: z.strictObject(callLimitsShape).optional().describe('with throttle'),
  hold: duration.prefault('15m').describe('how long the action holds'),
});

export const anomaliesSchema = z
  .strictObject({
    rules: z.array(anomalySchema).min(1).max(32),
    webhook: z
      .strictObject({
        url: z.string().refine(isTrustedUrl, { error: 'expected an https:// URL (http:// on loopback only)' }),
        secretFile: fileSchema.optional(),
        secretEnv: text.optional(),
      })
      .refine((hook) => hook.secretFile === undefined || hook.secretEnv === undefined, {
        error: 'the secret comes from one place: secretFile or secretEnv',
      })
      .optional()
      .describe('told of every alarm'),
  })
  .describe('detection of slow theft');

export type DevicesFile = z.infer<typeof devicesSchema>;
export type RequirementFile = z.infer<typeof requirementSchema>;
