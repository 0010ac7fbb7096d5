import { CONTRADICTION_REQUESTS, type DryPort, type DryRequest, type DryService } from '../../probe/dry-run.ts';
import { plain, plainLines } from '../../report/untrusted.ts';

/** Every byte that a run would send, for people. */
export function dryRunText(ports: readonly DryPort[]): string {
  const lines = [
    'Nothing was sent. <…> stands for what chance or an answer decides; TLS handshakes are not shown.',
    '',
  ];
  let target = '';
  for (const port of ports) {
    if (port.target !== target) {
      lines.push(`${plain(port.target)}  may be at ${port.allowed.map(plain).join(', ')}`);
      target = port.target;
    }
    lines.push(`  port ${port.port}`);
    for (const service of port.services) lines.push(...serviceLines(service));
    if (port.ladder.length > 0) {
      const when = port.services.length > 0 ? 'if it is none of these, ' : '';
      lines.push(
        `    ${when}these one after the other, until one is sure (name it as ${plain(port.host)}:${port.port}/SERVICE)`,
      );
      for (const service of port.ladder) lines.push(...serviceLines(service));
    }
  }
  lines.push('', 'Before a positive verdict is believed, on the same port:');
  for (const request of CONTRADICTION_REQUESTS) lines.push(...requestLines(request));
  lines.push('', 'and connections, without a byte, to three random ports above 61000 of the same address.');
  return `${lines.join('\n')}\n`;
}

/** The same for programs: bytes in base64. */
export function dryRunJson(ports: readonly DryPort[]): string {
  const coded = (request: DryRequest) => ({ ...request, bytes: request.bytes.toString('base64') });
  const codedService = (service: DryService) => ({ ...service, requests: service.requests.map(coded) });
  return JSON.stringify(
    {
      ports: ports.map((port) => ({
        ...port,
        services: port.services.map(codedService),
        ladder: port.ladder.map(codedService),
      })),
      beforeBelieving: CONTRADICTION_REQUESTS.map(coded),
    },
    null,
    2,
  );
}

function serviceLines({ title, tls, requests }: DryService): string[] {
  const how = { first: 'TLS', retry: 'clear, TLS once if it is wanted', never: 'no TLS around it' }[tls];
  return [`    ${title} (${how})`, ...requests.flatMap(requestLines)];
}

function requestLines({ why, bytes, sample }: DryRequest): string[] {
  const text = bytes.toString('latin1');
  const shown = /^[\x20-\x7e\r\n]*$/.test(text)
    ? plainLines(text.replace(/(?:\r\n)+$/, ''))
        .split(/\r?\n/)
        .map((line) => `        | ${line}`)
    : hexLines(bytes);
  return [`      ${why}${sample ? ' (only with --sample)' : ''}`, ...shown];
}

function hexLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.subarray(at, at + 16);
    const hex = part.toString('hex').replace(/(..)(?=.)/g, '$1 ');
    lines.push(`        ${hex.padEnd(48)} ${part.toString('latin1').replace(/[^\x20-\x7e]/g, '.')}`);
  }
  return lines;
}
