/** The owner's own writes into object stores: signed requests, as no probe can send them. */
import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text, 'utf8').digest();

/** Without a signature: for servers that ask for none. */
export async function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<number> {
  return await new Promise((resolve, reject) => {
    const all = { ...headers, 'content-length': Buffer.byteLength(body) };
    const sent = request({ host: '127.0.0.1', port, method, path, headers: all }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject).end(body);
  });
}

export interface S3Owner {
  user: string;
  password: string;
}

/** AWS Signature Version 4 (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). */
export async function putAsS3Owner(port: number, owner: S3Owner, path: string, body = ''): Promise<number> {
  const at = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${at.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const host = `127.0.0.1:${port}`;
  const [plain = '', query = ''] = path.split('?');
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [
    'PUT',
    plain,
    query === '' ? '' : `${query}=`,
    `host:${host}\nx-amz-content-sha256:${sha256(body)}\nx-amz-date:${at}\n`,
    names,
    sha256(body),
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${owner.password}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${owner.user}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return await send(
    port,
    'PUT',
    path,
    { host, 'x-amz-date': at, 'x-amz-content-sha256': sha256(body), authorization },
    body,
  );
}

/** The account that Azurite has without configuration; its key is published in Azurite's documentation. */
export const EMULATED_ACCOUNT = 'devstoreaccount1';
const EMULATED_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Shared Key (https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key). */
export async function putAsAzureOwner(
  port: number,
  path: string,
  further: Record<string, string> = {},
  body = '',
): Promise<number> {
  const headers = { 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2020-10-02', ...further };
  const [plain = '', query = ''] = path.split('?');
  const lines = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = [
    'PUT',
    '',
    '',
    body === '' ? '' : `${Buffer.byteLength(body)}`,
    ...Array.from({ length: 8 }, () => ''),
    ...lines.map(([name, value]) => `${name}:${value}`),
    `/${EMULATED_ACCOUNT}${plain}`,
  ].join('\n');
  const asked = query === '' ? '' : `\n${query.replace('=', ':')}`;
  const signature = hmac(Buffer.from(EMULATED_KEY, 'base64'), `${text}${asked}`).toString('base64');
  const authorization = `SharedKey ${EMULATED_ACCOUNT}:${signature}`;
  return await send(port, 'PUT', path, { ...headers, authorization }, body);
}
