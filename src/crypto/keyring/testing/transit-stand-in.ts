/**
 * A stand-in for the `transit` engine of HashiCorp Vault and OpenBao: speaks as much of the protocol as src/crypto/keyring/transit.ts
 * uses, as the real one was seen to (test/servers/openbao.test.ts asks that one the same), and fails in chosen ways. No key
 * service: it keeps its key in memory.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface TransitStandIn {
  readonly url: string;
  /** `METHOD path` of each request so far. */
  readonly requests: readonly string[];
  /** Header fields of the last request. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The token that is good; others are refused with 403. */
  token: string;
  ttl: number;
  renewable: boolean;
  /** As servers from before Vault 1.9: associated data is ignored. */
  ignoresAssociatedData: boolean;
  /** Answers the next requests by itself; returns true when it did. */
  fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  close(): Promise<void>;
}

export async function startTransitStandIn(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<TransitStandIn> {
  const key = randomBytes(32);
  const requests: string[] = [];
  let headers: TransitStandIn['headers'] = {};

  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    headers = request.headers;
    if (standIn.fault?.(request, response)) return;
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    request.on('end', () => {
      const answer = (status: number, body: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      if (request.headers['x-vault-token'] !== standIn.token) return answer(403, { errors: ['permission denied'] });
      const body = text === '' ? {} : JSON.parse(text);
      const aad = standIn.ignoresAssociatedData ? '' : String(body.associated_data ?? '');
      switch (`${request.method} ${request.url}`) {
        case 'POST /v1/transit/encrypt/postern':
          return answer(200, { data: { ciphertext: encrypt(body.plaintext, aad), key_version: 1 } });
        case 'POST /v1/transit/decrypt/postern': {
          const plaintext = decrypt(body.ciphertext, aad);
          if (plaintext === undefined) return answer(400, { errors: ['cipher: message authentication failed'] });
          return answer(200, { data: { plaintext } });
        }
        case 'GET /v1/auth/token/lookup-self':
          return answer(200, { data: { ttl: standIn.ttl, renewable: standIn.renewable } });
        case 'POST /v1/auth/token/renew-self':
          return answer(200, { auth: { lease_duration: standIn.ttl, renewable: standIn.renewable } });
        default:
          return answer(404, { errors: [] });
      }
    });
  };

  function encrypt(plaintext: string, aad: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(aad, 'base64'));
    const bytes = [nonce, cipher.update(plaintext, 'base64'), cipher.final(), cipher.getAuthTag()];
    return `vault:v1:${Buffer.concat(bytes).toString('base64')}`;
  }

  function decrypt(ciphertext: string, aad: string): string | undefined {
    const bytes = Buffer.from(ciphertext.replace(/^vault:v1:/, ''), 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(aad, 'base64'));
    decipher.setAuthTag(bytes.subarray(-16));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('base64');
    } catch {
      return undefined;
    }
  }

  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const standIn: TransitStandIn = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    get headers() {
      return headers;
    },
    token: 'stand-in-token',
    ttl: 0,
    renewable: false,
    ignoresAssociatedData: false,
    fault: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}
