import type { Command } from 'commander';
import pc from 'picocolors';
import { PosternError } from '../../core/errors.ts';
import {
  DEVICE_PLATFORMS,
  type DevicePlatform,
  type DeviceRow,
  type DeviceStore,
} from '../../guard/contract/device.ts';
import type { Policy } from '../../guard/policy/index.ts';
import { type Io, wantsColor } from '../io.ts';
import { print } from '../output.ts';
import { openData } from './data.ts';
import { loadNamedPolicy } from './load.ts';

interface Criteria {
  policy: string;
  device?: string;
  user?: string;
  subject?: string;
  platform?: string;
  appVersion?: string;
}

/** Which rows are meant, as the store compares them. */
interface Match {
  readonly id?: string;
  readonly subject?: string;
  readonly platform?: DevicePlatform;
  readonly version?: string;
}

const PAGE = 500;

export function guardDevices(command: Command, io: Io, exit: (code: number) => void): void {
  const devices = command
    .command('devices')
    .description('enrolled devices of the gateway')
    .addHelpText(
      'after',
      `
Examples:
  $ postern guard devices list --user shop:8c1f
  $ postern guard devices revoke --platform android --app-version 50100`,
    );
  withCriteria(devices.command('list').description('who has what: names are pseudonyms, as in the journal'))
    .option('--all', 'those that were revoked, too', false)
    .option('--format <format>', 'text or json (one device a line)', 'text')
    .action(async (options: Criteria & { all: boolean; format: string }) => {
      if (options.format !== 'text' && options.format !== 'json') {
        throw new PosternError('E_USAGE', `this command has no format "${options.format}"`, {
          hint: 'Use text or json.',
        });
      }
      const listed = await withStore(io, options, async (store, match) => {
        const rows: DeviceRow[] = [];
        for await (const row of rowsOf(store, match)) if (options.all || row.revokedAt === null) rows.push(row);
        return rows;
      });
      const colors = pc.createColors(wantsColor(io, io.stdout));
      const lines = listed.map((row) => (options.format === 'json' ? JSON.stringify(shown(row)) : lineOf(row, colors)));
      await print(io, lines.length > 0 || options.format === 'json' ? lines.join('\n') : 'no devices');
      exit(0);
    });
  withCriteria(
    devices.command('revoke').description('end enrolments: their tokens stop on every gateway within 2 seconds'),
  )
    .addHelpText(
      'after',
      `
With several options a device has to meet all of them. A genuine app of a version that is still accepted enrols again by
itself; raise \`minimumVersion\` in the policy to keep a version out.`,
    )
    .action(async (options: Criteria) => {
      const revoked = await withStore(io, options, async (store, match) => {
        if (Object.keys(match).length === 0) {
          throw new PosternError(
            'E_USAGE',
            'which? Name a --device, a --user, a --subject, a --platform or an --app-version',
            {
              hint: 'See `postern guard devices list`.',
            },
          );
        }
        return store.revoke(match, Date.now());
      });
      await print(io, `${revoked} revoked`);
      exit(0);
    });
}

function withCriteria(command: Command): Command {
  return command
    .option('--policy <file>', 'the policy', 'guard.yaml')
    .option('--device <id>', 'id of one enrolment')
    .option('--user <issuer:subject>', "an issuer of the policy, and what its tokens' subject claim says")
    .option('--subject <name>', 'what the journal calls the person')
    .option('--platform <platform>', DEVICE_PLATFORMS.join(', '))
    .option('--app-version <version>', 'exactly this version');
}

async function withStore<T>(
  io: Io,
  options: Criteria,
  use: (store: DeviceStore, match: Match) => Promise<T>,
): Promise<T> {
  const policy = await loadNamedPolicy(io, options.policy);
  if (policy.devices === null) {
    throw new PosternError('E_USAGE', 'the policy has no `devices`', { hint: 'See docs/guard/devices.md.' });
  }
  const match = await matchOf(options, policy);
  const data = await openData(policy, io.env);
  try {
    return await use(data.devices, match);
  } finally {
    await data.close();
  }
}

async function matchOf(options: Criteria, policy: Policy): Promise<Match> {
  const { device, user, subject, platform, appVersion } = options;
  if (user !== undefined && subject !== undefined) {
    throw new PosternError('E_USAGE', '--user and --subject both name the person: one of them');
  }
  const known = DEVICE_PLATFORMS.find((one) => one === platform);
  if (platform !== undefined && known === undefined) {
    throw new PosternError('E_USAGE', `--platform ${platform}: no such platform`, {
      hint: `Use one of ${DEVICE_PLATFORMS.join(', ')}.`,
    });
  }
  const whose = user === undefined ? subject : await pseudonymOf(user, policy);
  return {
    ...(device !== undefined && { id: device }),
    ...(whose !== undefined && { subject: whose }),
    ...(known !== undefined && { platform: known }),
    ...(appVersion !== undefined && { version: appVersion }),
  };
}

/** What rows and the journal call a person. */
async function pseudonymOf(user: string, policy: Policy): Promise<string> {
  const [issuer = '', ...rest] = user.split(':');
  if (rest.length === 0 || !policy.identity.issuers.some(({ name }) => name === issuer)) {
    throw new PosternError('E_USAGE', '--user: expected ISSUER:SUBJECT, with an issuer of the policy', {
      hint: `Issuers of this policy: ${policy.identity.issuers.map(({ name }) => name).join(', ') || 'none'}.`,
    });
  }
  const { createPseudonyms, loadSecretKey } = await import('../../guard/run/keys.ts');
  return createPseudonyms(await loadSecretKey(policy.keys.limits)).of('principal', `token:${user}`);
}

async function* rowsOf(store: DeviceStore, match: Match): AsyncGenerator<DeviceRow> {
  if (match.subject !== undefined) {
    for (const row of await store.devicesOf(match.subject)) if (isMeant(row, match)) yield row;
    return;
  }
  for (let after: string | null = null; ; ) {
    const page: readonly DeviceRow[] = await store.devices(after, PAGE);
    for (const row of page) if (isMeant(row, match)) yield row;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id ?? null;
  }
}

function isMeant(row: DeviceRow, { id, platform, version }: Match): boolean {
  return (
    (id === undefined || row.id === id) &&
    (platform === undefined || row.facts.platform === platform) &&
    (version === undefined || row.facts.version === version)
  );
}

/** Without keys: whoever reads the list needs none of them. */
function shown({ id, subject, facts, counter, enrolledAt, revokedAt }: DeviceRow): object {
  const { platform, app, version, format, integrity } = facts;
  return {
    id,
    subject,
    platform,
    app,
    version,
    format,
    integrity,
    counter,
    enrolledAt: new Date(enrolledAt).toISOString(),
    revokedAt: revokedAt === null ? null : new Date(revokedAt).toISOString(),
  };
}

function lineOf(row: DeviceRow, colors: ReturnType<typeof pc.createColors>): string {
  const { platform, app, version, format, integrity } = row.facts;
  const since = new Date(row.enrolledAt).toISOString().slice(0, 16).replace('T', ' ');
  const state = row.revokedAt === null ? '' : colors.red('  revoked');
  return `${row.id}  ${platform.padEnd(7)} ${app} ${version}  ${format}, ${integrity}  ${colors.dim(`of ${row.subject} since ${since}`)}${state}`;
}
