/** Rules on where a search engine listens and who may ask it from a browser, for both products. */

import { reachedFrom, severityOf } from '../../containers/exposure.ts';
import { addLine, replaceValue } from '../../formats/settings/edit.ts';
import { openAddress } from '../../formats/settings/search.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { exposure, type Product, type SearchFormat } from './product.ts';

const LOOPBACK_ONLY = {
  blastRadius: 'Clients and nodes on other machines can no longer connect.',
  needsConfirmation: true,
};

export function openWithoutLogin<N extends SearchFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const { name, id, sample } = product;
  return defineRule<N>({
    id: `audit/${id}-open-without-login`,
    aliases,
    format: product.format,
    title: `${name} listens on every interface without a login`,
    severity: 'critical',
    owner: 'it',
    topic: 'network-exposure',
    verified: {
      by: 'server',
      how: `${product.tried} started with network.host 0.0.0.0 and security off answers searches on the machine's address without a login; with _local_ it refuses the connection (${product.triedIn})`,
    },
    description:
      'An address such as `0.0.0.0`, `_site_` or `_global_` makes the node answer beyond the machine itself, while security is off. This is how most of the leaked clusters were found: by scanning for port 9200.',
    remediation:
      'Switch security on. Bind `_local_` unless other machines must reach the node, and then a private address.',
    references: [product.network],
    cwe: ['CWE-1327', 'CWE-306'],
    examples: {
      bad: [`${sample}network.host: 0.0.0.0\n${product.securityOff}\n`],
      good: [
        `${sample}network.host: 0.0.0.0\n${product.securityOn}\n`,
        `${sample}network.host: _local_\n${product.securityOff}\n`,
      ],
    },
    *check({ document }, { runtimes }) {
      const address = openAddress(document);
      if (!address || product.security(document, runtimes).state !== 'off') return;
      const contained = runtimes.length > 0;
      const reach = exposure(document, runtimes);
      // In a container the published port decides who reaches it; binding loopback there would only break it.
      if (contained && reach !== 'public' && reach !== 'network') return;
      const at = address.values.join(', ');
      yield {
        pointer: address.key,
        span: address.span,
        actual: at,
        expected: '_local_, or security on',
        message: `${name} listens on ${at} and asks for no login${contained ? `, ${reachedFrom(reach)}` : ''}.`,
        severity: contained ? severityOf(reach) : 'critical',
        fix: contained
          ? null
          : replaceValue(address, '_local_', { title: `Let ${name} listen on loopback only`, ...LOOPBACK_ONLY }),
      };
    },
  });
}

export function listensEverywhere<N extends SearchFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const { name, id, sample } = product;
  return defineRule<N>({
    id: `audit/${id}-listens-everywhere`,
    aliases,
    format: product.format,
    title: `${name} listens on every interface`,
    severity: 'medium',
    owner: 'it',
    topic: 'network-exposure',
    verified: {
      by: 'server',
      how: `${product.tried} with network.host 0.0.0.0 listens on every address for HTTP and for nodes, with 127.0.0.1 or _local_ on loopback only (${product.triedIn})`,
    },
    description:
      'The node answers on every address of the machine, the public ones too. Login and TLS then are the only things between a stranger and the data, and the port for nodes (9300) stands open beside the one for clients.',
    remediation:
      'Bind the private address that the application uses (`network.host: ["_local_", "10.0.0.5"]`), and let a packet filter allow ports 9200 and 9300 from the machines that need them.',
    references: [product.network],
    cwe: ['CWE-1327'],
    examples: {
      bad: [
        `${sample}network.host: 0.0.0.0\n${product.securityOn}\n`,
        `${sample}http.host: "::"\n${product.securityOn}\n`,
      ],
      good: [
        `${sample}network.host: 10.0.0.5\n${product.securityOn}\n`,
        `${sample}network.host: [_local_, 10.0.0.5]\n${product.securityOn}\n`,
      ],
    },
    *check({ document }, { runtimes }) {
      const address = openAddress(document);
      // In a container listening everywhere is how other containers reach it; the published port is judged instead.
      if (!address || runtimes.length > 0 || address.values.includes('_site_')) return;
      const { state } = product.security(document, runtimes);
      yield {
        pointer: address.key,
        span: address.span,
        actual: address.values.join(', '),
        expected: 'a private address',
        message: `${name} listens on every address of the machine.`,
        confidence: state === 'absent' || state === 'unknown' ? 'tentative' : 'firm',
      };
    },
  });
}

export function transportExposed<N extends SearchFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const { name, id, sample } = product;
  const verified = {
    by: 'server',
    how: `${product.tried} with network.host 0.0.0.0 opens the transport port on every address as well; bound to loopback it takes no connection from elsewhere (${product.triedIn})`,
  } as const;
  return defineRule<N>({
    id: `audit/${id}-transport-port-open`,
    aliases,
    format: product.format,
    title: `The port for nodes of ${name} listens on every interface of a single node`,
    severity: 'medium',
    owner: 'it',
    topic: 'network-exposure',
    verified,
    description:
      'A node that runs alone (`discovery.type: single-node`) needs no other machine on its transport port, yet `network.host` opens it together with the HTTP port. Whoever reaches it may try to join the cluster or talk to it past the HTTP layer.',
    remediation: 'Add `transport.host: _local_`.',
    references: [product.network],
    cwe: ['CWE-668'],
    examples: {
      bad: [`${sample}network.host: 0.0.0.0\ndiscovery.type: single-node\n${product.securityOn}\n`],
      good: [
        `${sample}network.host: 0.0.0.0\ntransport.host: _local_\ndiscovery.type: single-node\n${product.securityOn}\n`,
        `${sample}network.host: 0.0.0.0\ndiscovery.seed_hosts: [10.0.0.6]\n${product.securityOn}\n`,
      ],
    },
    *check({ source, document }, { runtimes }) {
      const address = openAddress(document, 'transport');
      const single = document.settings.get('discovery.type')?.values[0] === 'single-node';
      if (!address || !single || runtimes.length > 0 || address.values.includes('_site_')) return;
      const fix = {
        title: 'Let nodes talk on loopback only',
        blastRadius: 'Clients that still speak the transport protocol (before 8.0) from other machines are refused.',
        needsConfirmation: true,
      };
      yield {
        pointer: 'transport.host',
        span: address.span,
        actual: `not set; ${address.values.join(', ')} from ${address.key}`,
        expected: '_local_',
        message: `A node that runs alone opens its transport port on every address.`,
        fix: address.key.startsWith('transport.')
          ? replaceValue(address, '_local_', fix)
          : addLine(source, document, 'transport.host', '_local_', fix),
      };
    },
  });
}

/** A pattern that every origin matches: a star, or an expression of nothing but `.*`, with or without a scheme. */
function anyOrigin(values: readonly string[]): boolean {
  return /^(?:\*|\/\.\*\/|\/https?\??:\\?\/\\?\/\.\*\/)$/.test(values.join(','));
}

export function corsAnyOrigin<N extends SearchFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const { name, id, sample } = product;
  return defineRule<N>({
    id: `audit/${id}-cors-any-origin`,
    aliases,
    format: product.format,
    title: `Any web page may query ${name} from its visitor's browser`,
    severity: 'medium',
    owner: 'developer',
    topic: 'hardening',
    verified: {
      by: 'server',
      how: `${product.tried} with http.cors.allow-origin "*" answers a request with Origin: https://evil.example with access-control-allow-origin *; with a named origin it answers 403 (${product.triedIn})`,
    },
    description:
      'With `http.cors.enabled: true` and an origin of `*` or `/.*/` every web page can read the answers of the cluster through the browser of whoever visits it and reaches the cluster – from inside the company network too.',
    remediation: 'Name the origins in `http.cors.allow-origin`, or switch `http.cors.enabled` off.',
    references: [product.network],
    cwe: ['CWE-942'],
    examples: {
      bad: [`${sample}http.cors.enabled: true\nhttp.cors.allow-origin: "*"\n`],
      good: [
        `${sample}http.cors.enabled: true\nhttp.cors.allow-origin: "https://admin.example.org"\n`,
        `${sample}http.cors.enabled: false\nhttp.cors.allow-origin: "*"\n`,
      ],
    },
    *check({ document: { settings } }) {
      const origin = settings.get('http.cors.allow-origin');
      if (settings.get('http.cors.enabled')?.values[0] !== 'true' || !origin || !anyOrigin(origin.values)) return;
      yield {
        pointer: origin.key,
        span: origin.span,
        actual: origin.values.join(', '),
        expected: 'named origins',
        message: `Every web origin may read what ${name} answers to its visitor.`,
      };
    },
  });
}

export function corsWithCredentials<N extends SearchFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const { name, id, sample } = product;
  const open = `${sample}http.cors.enabled: true\nhttp.cors.allow-origin: "/.*/"\n`;
  return defineRule<N>({
    id: `audit/${id}-cors-any-origin-with-credentials`,
    aliases,
    format: product.format,
    title: `Any web page may use its visitor's ${name} login`,
    severity: 'high',
    owner: 'developer',
    topic: 'hardening',
    verified: {
      by: 'server',
      how: `${product.tried} with allow-origin /.*/ and allow-credentials true repeats the asking origin and sends access-control-allow-credentials: true; without the setting it does not (${product.triedIn})`,
    },
    description:
      'With `http.cors.allow-credentials: true` and an origin of `*` or `/.*/`, a web page that an administrator visits can query the cluster with their login.',
    remediation: 'Name the origins in `http.cors.allow-origin`, or set `http.cors.allow-credentials: false`.',
    references: [product.network],
    cwe: ['CWE-942'],
    examples: {
      bad: [`${open}http.cors.allow-credentials: true\n`],
      good: [
        `${open}http.cors.allow-credentials: false\n`,
        `${sample}http.cors.enabled: true\nhttp.cors.allow-origin: "https://admin.example.org"\nhttp.cors.allow-credentials: true\n`,
      ],
    },
    *check({ document: { settings } }) {
      const credentials = settings.get('http.cors.allow-credentials');
      if (settings.get('http.cors.enabled')?.values[0] !== 'true' || credentials?.values[0] !== 'true') return;
      if (!anyOrigin(settings.get('http.cors.allow-origin')?.values ?? [])) return;
      yield {
        pointer: credentials.key,
        span: credentials.span,
        actual: 'true, with every origin allowed',
        expected: 'false, or named origins',
        message: 'Every web origin may send requests with the login of its visitor.',
        fix: replaceValue(credentials, 'false', {
          title: 'Take credentials out of cross-origin requests',
          blastRadius: 'Browser programs on other origins that send a login are refused.',
          needsConfirmation: true,
        }),
      };
    },
  });
}
