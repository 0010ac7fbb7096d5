/** A port that speaks TLS and lets nobody in without a certificate of its own. */
import { PosternError } from '../../core/errors.ts';
import type { Observation } from '../service.ts';

/** OpenSSL's names of the alerts 42 (bad certificate: TLS 1.2) and 116 (certificate required: TLS 1.3). */
const ALERTS = /TLSV13_ALERT_CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE/;

/** True when a failed dialogue says that the peer wants a client's certificate. */
export function wantsCertificate(error: unknown): boolean {
  return error instanceof PosternError && error.code === 'E_PROBE_IO' && ALERTS.test(error.message);
}

/** What stands behind the certificate cannot be told, so this counts only where nothing else is sure. */
export function certificateWanted(): Observation {
  return {
    identified: true,
    tentative: true,
    verdict: 'secured',
    datasets: [],
    reason: 'the port speaks TLS and demands a client certificate',
    notTested: ['which product stands behind it'],
  };
}
