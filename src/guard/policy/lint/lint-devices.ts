/** The vault, devices, and what is watched for: how much they are worth as they are set. */
import type { DevicePlatform } from '../../contract/device.ts';
import type { Policy, Role } from '../policy.ts';
import { isLoopback } from '../schema/names.ts';
import { databaseOf } from '../schema/upstream.ts';
import type { Report } from './finding.ts';

const HOUR = 3_600_000;
const LONG_LEGACY = 180 * 24 * HOUR;

export function lintVault(policy: Policy, report: Report): void {
  const { vault, data, limits } = policy;
  for (const { name, secure, url } of policy.databases.values()) {
    if (secure || isLoopback(databaseOf(url)?.host ?? '')) continue;
    report.at(
      ['upstreams', name, 'tls'],
      'guard/plain-store',
      'warning',
      'documents and the gateway’s password travel in clear to this database',
    );
  }
  const several = limits.store.kind === 'valkey' && !isLoopback(new URL(limits.store.url).hostname);
  if (several && data.kind === 'embedded' && (vault || policy.devices)) {
    report.at(
      ['data'],
      'guard/data-of-one-machine',
      'warning',
      'limits are shared with other machines, and the keys of people or the devices are not: use `data: { postgresql: … }`',
    );
  }
  if (!vault) return;
  const sealed = (policy.api?.resources ?? []).some(
    ({ fields, owner }) => owner?.pseudonym || [...fields.values()].some(({ encryption }) => encryption !== null),
  );
  if (!sealed) report.atKey([], 'vault', 'guard/vault-unused', 'info', 'no field is encrypted');
  if (vault.rootKey.kind === 'file') {
    report.at(
      ['vault', 'rootKey'],
      'guard/root-key-file',
      'info',
      'whoever copies this machine’s files has the root key with them; a sealed key or a key service is apart from them',
    );
  }
}

export function lintDevices(policy: Policy, now: number, report: Report): void {
  const { devices } = policy;
  for (const role of policy.roles) lintRequirement(role, now, report);
  if (!devices) return;
  if (!policy.roles.some(({ device }) => device?.attested)) {
    report.atKey([], 'devices', 'guard/devices-unused', 'info', 'no role asks for an attested device');
  }
  if (devices.tokens.lifetime > HOUR) {
    report.at(
      ['devices', 'tokens', 'lifetime'],
      'guard/long-token',
      'warning',
      'a device that was revoked, or is lost, keeps its token for so long; apps renew short ones by themselves',
    );
  }
  if (!devices.nonce) {
    report.at(
      ['devices', 'nonce'],
      'guard/no-nonce',
      'warning',
      'proofs can be made in advance, for a later time (RFC 9449, 11.2)',
    );
  }
  if (devices.appAttest?.environment === 'development') {
    report.at(
      ['devices', 'appAttest', 'environment'],
      'guard/development-attestation',
      'warning',
      'apps that were built for development are believed, and those from the App Store are not',
    );
  }
  if (devices.keyAttestation && devices.keyAttestation.statusList === null) {
    report.at(
      ['devices', 'keyAttestation'],
      'guard/no-status-list',
      'warning',
      'without `statusList` keys that leaked from devices, and were revoked for it, are believed',
    );
  }
  const asserting = devices.appAttest ?? devices.playIntegrity ?? devices.keyAttestation;
  if (asserting) return;
  for (const role of policy.roles) {
    if (role.device === null || role.device.fresh.size === 0) continue;
    report.at(
      ['roles', role.name, 'device', 'fresh'],
      'guard/fresh-never',
      'error',
      'App Check makes no assertions: nobody can do these operations',
    );
  }
}

function lintRequirement(role: Role, now: number, report: Report): void {
  if (role.device?.attested && !role.match.some(({ source }) => source === 'issuer')) {
    report.at(
      ['roles', role.name, 'device'],
      'guard/device-never',
      'error',
      'devices are enrolled by people with tokens of an issuer: nobody can have this role on one',
    );
  }
  for (const [index, { until, limits, platform, below }] of (role.device?.legacy ?? []).entries()) {
    const path = ['roles', role.name, 'device', 'legacy', index];
    if (!comparable(role.device?.minimumVersion ?? new Map(), platform, below)) {
      report.at(
        [...path, 'below'],
        'guard/version-forms',
        'warning',
        `${hasDots(below) ? 'dotted here, and a code' : 'a code here, and dotted'} in \`minimumVersion\`: versions of the two forms are not compared, so an app that says its version in the other form is refused`,
      );
    }
    if (until <= now) {
      report.at(
        [...path, 'until'],
        'guard/legacy-over',
        'info',
        'these versions are not let in any more: leave the entry out',
      );
      continue;
    }
    if (until - now > LONG_LEGACY) {
      report.at(
        [...path, 'until'],
        'guard/legacy-long',
        'warning',
        'until then anyone may say that it is an old version, and needs no attestation: more than 180 days',
      );
    }
    if (limits.documents === null || limits.rate === null) {
      report.at(
        path,
        'guard/legacy-unlimited',
        'warning',
        `without \`limits.${limits.documents === null ? 'documents' : 'rate'}\` an old version, which anyone may claim to be, gets no less than an attested one`,
      );
    }
  }
}

/** Without a platform it is for all of them: one that has the same form is enough. */
function comparable(
  minimum: ReadonlyMap<DevicePlatform, string>,
  platform: DevicePlatform | null,
  below: string,
): boolean {
  const versions = platform === null ? [...minimum.values()] : [minimum.get(platform) ?? below];
  return versions.length === 0 || versions.some((version) => hasDots(version) === hasDots(below));
}

function hasDots(version: string): boolean {
  return version.includes('.');
}

export function lintDetection(policy: Policy, report: Report): void {
  const { anomalies, limits } = policy;
  if (anomalies?.webhook && anomalies.webhook.secret === null) {
    report.at(
      ['anomalies', 'webhook'],
      'guard/webhook-unsigned',
      'warning',
      'without a secret its receiver cannot tell an alarm from a forged one',
    );
  }
  if (limits.counting === 'estimate' && limits.store.kind === 'memory') {
    report.at(
      ['limits', 'counting'],
      'guard/estimate-in-memory',
      'info',
      'in memory documents are counted exactly; an estimate is for a shared store',
    );
  }
}
