/**
 * A stand-in for AWS KMS: the JSON protocol of `Encrypt` and `Decrypt` (target `TrentService`), without signatures checked, and
 * failing in chosen ways. No key service: it keeps its key in memory. test/servers/aws-kms.test.ts asks Moto the same.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KmsStandIn {
  readonly url: string;
  /** Target and body of each request so far. */
  readonly requests: readonly { readonly target: string; readonly body: Record<string, unknown> }[];
  /** Answers the next requests with this error; null: with what was asked for. */
  fault: { readonly status: number; readonly type: string } | null;
  close(): Promise<void>;
}

export async function startKmsStandIn(keyId: string): Promise<KmsStandIn> {
  const key = randomBytes(32);
  const requests: { target: string; body: Record<string, unknown> }[] = [];

  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    request.on('end', () => {
      const target = String(request.headers['x-amz-target']).replace('TrentService.', '');
      const body = JSON.parse(text);
      requests.push({ target, body });
      const answer = (status: number, content: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content));
      };
      if (standIn.fault !== null) {
        return answer(standIn.fault.status, { __type: standIn.fault.type, message: `arn of ${keyId} quoted` });
      }
      if (body.KeyId !== keyId) return answer(400, { __type: 'NotFoundException', message: 'no such key' });
      const aad = Buffer.from(JSON.stringify(Object.entries(body.EncryptionContext ?? {}).sort()));
      if (target === 'Encrypt') {
        const nonce = randomBytes(12);
        const cipher = createCipheriv('aes-256-gcm', key, nonce);
        cipher.setAAD(aad);
        const bytes = [nonce, cipher.update(body.Plaintext, 'base64'), cipher.final(), cipher.getAuthTag()];
        return answer(200, { KeyId: keyId, CiphertextBlob: Buffer.concat(bytes).toString('base64') });
      }
      const bytes = Buffer.from(body.CiphertextBlob, 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
        decipher.setAAD(aad);
        decipher.setAuthTag(bytes.subarray(-16));
        const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
        answer(200, { KeyId: keyId, Plaintext: plain.toString('base64') });
      } catch {
        answer(400, { __type: 'InvalidCiphertextException', message: '' });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: KmsStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fault: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}
