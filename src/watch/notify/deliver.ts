/** Delivers notices to what the operator named: a webhook, Slack, a mail server. Never to anything that is being judged. */
import { createHmac, randomUUID } from 'node:crypto';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { PosternError } from '../../core/errors.ts';
import type { Notice } from '../state.ts';

/** A receiver with its secrets read. */
export type Receiver =
  | { kind: 'webhook'; url: string; secret: string | undefined }
  | { kind: 'slack'; url: string }
  | {
      kind: 'email';
      host: string;
      port: number;
      security: 'tls' | 'starttls' | 'none';
      login: { username: string; password: string } | undefined;
      from: string;
      to: readonly string[];
    };

const TIMEOUT_MS = 15_000;

/** @throws PosternError `E_NOTIFY` with what the receiver answered, never with its address or secret */
export async function deliver(receiver: Receiver, notice: Notice): Promise<void> {
  if (receiver.kind === 'email') await mail(receiver, notice);
  else if (receiver.kind === 'slack') await post(receiver.url, JSON.stringify(slackBody(notice)), {});
  else {
    const body = JSON.stringify({ schema: 'https://postern.dev/schema/notice-1.json', ...notice });
    // The time is signed, too, so that an old message cannot be sent again.
    const at = String(Math.floor(Date.now() / 1000));
    const signed = receiver.secret === undefined ? {} : signature(receiver.secret, at, body);
    await post(receiver.url, body, { 'postern-delivery': randomUUID(), ...signed });
  }
}

function signature(secret: string, at: string, body: string): Record<string, string> {
  const hmac = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return { 'postern-signature': `t=${at},v1=${hmac}` };
}

/** https://api.slack.com/reference/surfaces/formatting#escaping */
function slackBody({ title, lines }: Notice): object {
  const safe = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const text = [`*${safe(title).replace(/\*/g, '∗')}*`, ...lines.map((line) => `• ${safe(line)}`)].join('\n');
  return { text: text.slice(0, 35_000), unfurl_links: false, unfurl_media: false };
}

function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const at = trusted(url);
  const request = at.protocol === 'https:' ? secure : plain;
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(new PosternError('E_NOTIFY', `the receiver ${why}`, cause === undefined ? {} : { cause }));
    const sending = request(
      at,
      {
        method: 'POST',
        timeout: TIMEOUT_MS,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'postern',
          ...headers,
        },
      },
      (answer) => {
        answer.resume();
        const status = answer.statusCode ?? 0;
        // A redirect is not followed: the message would go to somebody that nobody named.
        if (status >= 200 && status < 300) resolve();
        else fail(`answered ${status}`);
      },
    );
    sending.on('timeout', () => sending.destroy(new Error('timeout')));
    sending.on('error', (error) => fail('could not be reached', error));
    sending.end(body);
  });
}

/** Messages leave this machine encrypted. */
function trusted(url: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new PosternError('E_NOTIFY', 'the address of a receiver is no URL');
  }
  const loopback = parsed.hostname === '127.0.0.1' || parsed.hostname === '[::1]' || parsed.hostname === 'localhost';
  if (parsed.protocol !== 'https:' && !(parsed.protocol === 'http:' && loopback)) {
    throw new PosternError('E_NOTIFY', 'a receiver must be reached by https');
  }
  return parsed;
}

async function mail(receiver: Extract<Receiver, { kind: 'email' }>, { title, lines }: Notice): Promise<void> {
  const { host, port, security, login, from, to } = receiver;
  const near = host === '127.0.0.1' || host === '::1' || host === 'localhost';
  if (security === 'none' && !near) {
    throw new PosternError('E_NOTIFY', 'mail leaves this machine encrypted only: set `security` to tls or starttls');
  }
  const { createTransport } = await import('nodemailer');
  // A line break in a header would be another header.
  const heading = title.replace(/[\r\n]+/g, ' ');
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(login === undefined ? {} : { auth: { user: login.username, pass: login.password } }),
  });
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: `[Postern] ${heading.slice(0, 200)}`,
      text: `${[heading, '', ...lines.map((line) => `- ${line}`)].join('\n')}\n`,
    });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new PosternError('E_NOTIFY', `the mail server did not take the message (${code})`, { cause });
  } finally {
    transport.close();
  }
}
