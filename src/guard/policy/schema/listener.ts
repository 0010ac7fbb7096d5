import { z } from 'zod';
import { fileSchema, originOf } from './names.ts';

export const addressSchema = z.string().refine((text) => splitAddress(text) !== undefined, {
  error: 'expected ADDRESS:PORT, e.g. 0.0.0.0:9443 or [::]:9443',
});

/** `[::1]:9443` → `::1` and 9443. */
export function splitAddress(text: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain;
  return host === undefined || Number.isNaN(port) || port > 65_535 ? undefined : { host, port };
}

export const listenerSchema = z.strictObject({
  address: addressSchema.describe('ADDRESS:PORT to listen on'),
  publicUrl: z
    .string()
    .refine((text) => originOf(text, ['http:', 'https:']) !== undefined, {
      error: 'expected scheme, host and port alone, e.g. https://search.shop.example',
    })
    .optional()
    .describe('what clients call this listener; DPoP proofs name it'),
  tls: z
    .strictObject({
      certificate: fileSchema.describe('PEM file with the certificate and its chain'),
      key: fileSchema.describe('PEM file with the private key'),
      minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
      clientCertificates: z
        .enum(['none', 'optional', 'required'])
        .default('none')
        .describe('whether clients are asked for a certificate'),
      clientCa: fileSchema.optional().describe('PEM file with the authorities of client certificates'),
    })
    .optional(),
  http2: z.boolean().optional().describe('offer HTTP/2; needs TLS (default with TLS: true)'),
  insecure: z.boolean().default(false).describe('plain HTTP on an address other than loopback: tokens travel in clear'),
});

export const adminSchema = z
  .strictObject({ address: addressSchema.describe('ADDRESS:PORT, best on loopback or a management network') })
  .describe('metrics, health and readiness, on a listener of their own');
