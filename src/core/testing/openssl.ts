import { spawnSync } from 'node:child_process';

/** Some tests have OpenSSL make certificates, or ask it for its opinion. Without it they are skipped, and say so. */
export const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).error === undefined;

if (!hasOpenssl) {
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error('openssl is not installed');
  console.warn('SKIPPED: openssl is not installed; what needs its certificates is not tested');
}
