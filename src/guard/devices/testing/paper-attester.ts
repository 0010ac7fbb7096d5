/**
 * A verifier that believes paper: an attestation is `BASE64URL(JSON { app, version, integrity, data, key, nonce })`, `data`
 * being SHA-256 of the client data in hex. Everything but the platforms' own cryptography can be tested with it.
 */
import { hash, randomUUID } from 'node:crypto';
import { Refusal } from '../../contract/refusal.ts';
import type { Attester } from '../attester.ts';

interface Paper {
  readonly app?: string;
  readonly version?: string;
  readonly integrity?: 'basic' | 'device' | 'strong';
  readonly key?: string;
  readonly counter?: number;
  /** A text that may be used once. */
  readonly once?: string;
}

export function paper(clientData: Uint8Array, facts: Paper = {}): string {
  const data = hash('sha256', clientData, 'hex');
  return Buffer.from(JSON.stringify({ key: randomUUID(), ...facts, data })).toString('base64url');
}

export interface PaperAttester extends Attester {
  /** How many verdicts it gave. */
  asked: number;
}

export function createPaperAttester(): PaperAttester {
  function read(text: string, clientData: Uint8Array): Paper & { readonly key: string } {
    const content: Paper & { readonly data: string; readonly key: string } = JSON.parse(
      Buffer.from(text, 'base64url').toString(),
    );
    if (content.data !== hash('sha256', clientData, 'hex'))
      throw new Refusal('attestation', 'paper: other client data');
    return content;
  }
  const attester: PaperAttester = {
    asked: 0,
    async attest({ format, platform, app, version, attestation, clientData }, now) {
      attester.asked += 1;
      const content = read(attestation[0] ?? '', clientData);
      if (content.app !== undefined && content.app !== app) throw new Refusal('attestation', 'paper: another app');
      return {
        facts: { platform, app, version: content.version ?? version, format, integrity: content.integrity ?? 'device' },
        assertionKey: format === 'app-attest' ? Buffer.from(content.key) : null,
        keyId: format === 'app-attest' ? content.key : '',
        counter: 0,
        once: content.once === undefined ? null : { token: content.once, until: now + 600_000 },
      };
    },
    async assert({ row, assertion, clientData }) {
      attester.asked += 1;
      const content = read(assertion, clientData);
      if (row.facts.format === 'app-attest' && content.key !== row.keyId)
        throw new Refusal('attestation', 'paper: another key');
      return { counter: row.facts.format === 'app-attest' ? (content.counter ?? 0) : null };
    },
  };
  return attester;
}
