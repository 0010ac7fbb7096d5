/** How the gateway is run. */
import type { Policy } from '../policy.ts';
import { isLoopback } from '../schema/names.ts';
import type { Report } from './finding.ts';

export function lintOperation(policy: Policy, report: Report): void {
  for (const [at, listener] of policy.listeners.entries()) {
    const wildcard = listener.publicUrl.includes('//0.0.0.0:') || listener.publicUrl.includes('//[::]:');
    const bound = policy.identity.issuers.length > 0;
    if (wildcard && bound) {
      report.at(
        ['listeners', at],
        'guard/public-url',
        'warning',
        'without `publicUrl` no DPoP proof can name this listener',
      );
    }
  }
  for (const [at, issuer] of policy.identity.issuers.entries()) {
    if (issuer.types.includes('jwt')) {
      report.at(
        ['identity', 'issuers', at, 'types'],
        'guard/id-token-accepted',
        'warning',
        'the type JWT is also that of ID tokens, which are not meant for this gateway; prefer [at+jwt]',
      );
    }
  }
  const asked = policy.listeners.some(({ tls }) => tls !== null && tls.clientCertificates !== 'none');
  if (policy.identity.certificates.length > 0 && !asked) {
    report.at(
      ['identity', 'certificates'],
      'guard/certificates-not-asked',
      'error',
      'no listener asks for client certificates',
    );
  }
  for (const { name, nodes } of policy.upstreams.values()) {
    const plain = nodes.some((node) => node.startsWith('http:') && !isLoopback(new URL(node).hostname));
    if (plain)
      report.at(
        ['upstreams', name, 'nodes'],
        'guard/plain-store',
        'warning',
        'documents and the gateway’s password travel in clear to this store',
      );
  }
  const { store } = policy.limits;
  if (store.kind === 'valkey' && store.url.startsWith('redis:') && !isLoopback(new URL(store.url).hostname)) {
    report.at(
      ['limits', 'store', 'valkey', 'url'],
      'guard/plain-limits',
      'warning',
      'the password travels in clear, and whoever is in between can lift every limit; use rediss://',
    );
  }
  if (policy.journal.onFailure === 'allow') {
    report.at(
      ['journal', 'onFailure'],
      'guard/fails-open',
      'warning',
      'when the journal cannot be written, requests are answered without a trace',
    );
  }
  if (policy.limits.onFailure === 'allow') {
    report.at(
      ['limits', 'onFailure'],
      'guard/fails-open',
      'warning',
      'when the store of the limits is unreachable, no limit holds',
    );
  }
  if (!policy.journal.witness) {
    report.at(
      ['journal'],
      'guard/no-witness',
      'info',
      'without `journal.witness` a cut tail of the journal cannot be noticed',
    );
  }
}
