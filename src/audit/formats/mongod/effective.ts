/** What is in force in a mongod: its file, and what the command line and the image's entry point put over it. */
import ipaddr from 'ipaddr.js';
import type { Container } from '../../containers/model.ts';
import type { Runtime } from '../../model.ts';
import { type Effective, effective } from '../settings/effective.ts';
import { listOf, type Setting, type SettingsDocument } from '../settings/read.ts';
import { isSwitch, meaningOf } from './options.ts';

const USERS = ['MONGO_INITDB_ROOT_USERNAME', 'MONGO_INITDB_ROOT_USERNAME_FILE', 'MONGODB_ROOT_PASSWORD'];

/** `--auth` and its like, and the variables by which the images switch access control on. */
export function mongodOverride(service: Container, key: string): { value: string | null } | null {
  const words = [...(service.entrypoint?.words ?? []), ...(service.command?.words ?? [])];
  for (const [index, word] of words.entries()) {
    if (!word.startsWith('--')) continue;
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const value = equals >= 0 ? word.slice(equals + 1) : isSwitch(name) ? '' : (words[index + 1] ?? '');
    const meant = meaningOf(name, value);
    if (meant?.key === key) return { value: meant.value.includes('$') ? null : meant.value };
  }
  if (key !== 'security.authorization') return null;
  const named = service.environment.some(({ name, value }) => USERS.includes(name) && value !== '');
  return named || USERS.some((name) => service.environmentFiles.has(name)) ? { value: 'enabled' } : null;
}

export function mongodSetting(document: SettingsDocument, runtimes: readonly Runtime[], key: string): Effective {
  return effective(document, runtimes, key, mongodOverride);
}

/** The first of some settings that is set; names changed (`net.ssl` became `net.tls` in 4.2). */
export function firstOf({ settings }: SettingsDocument, ...keys: readonly string[]): Setting | undefined {
  return keys.map((key) => settings.get(key)).find((setting) => setting !== undefined && setting.values.length > 0);
}

/** A router (mongos) has no access control of its own: it asks the shards, by the key file they share. */
export function isRouter({ settings }: SettingsDocument): boolean {
  return settings.has('sharding.configDB');
}

export type AccessControl =
  | { state: 'on' | 'off'; setting: Setting | null; by: 'file' | 'container' | 'default' }
  | { state: 'unknown'; reason: string };

/** Whether mongod asks who one is. A key file and certificates between members switch it on as well. */
export function accessControl(document: SettingsDocument, runtimes: readonly Runtime[]): AccessControl {
  const found = mongodSetting(document, runtimes, 'security.authorization');
  if (found.state === 'unknown') return found;
  const by = found.state === 'set' && found.setting === null ? 'container' : 'file';
  const setting = found.state === 'set' ? found.setting : null;
  // An explicit setting wins over what a key file implies.
  if (found.state === 'set') return { state: found.values[0]?.toLowerCase() === 'enabled' ? 'on' : 'off', setting, by };
  const keyFile = mongodSetting(document, runtimes, 'security.keyFile');
  const mode = mongodSetting(document, runtimes, 'security.clusterAuthMode');
  if (keyFile.state === 'set')
    return { state: 'on', setting: keyFile.setting, by: keyFile.setting ? 'file' : 'container' };
  if (mode.state === 'set' && /x509$/i.test(mode.values[0] ?? ''))
    return { state: 'on', setting: mode.setting, by: 'file' };
  if (keyFile.state === 'unknown') return keyFile;
  return { state: 'off', setting: null, by: 'default' };
}

export type Listening = 'everywhere' | 'network' | 'loopback' | 'unknown';

/** Where mongod listens by its file; on loopback without a setting (since 3.6). */
export function listening(document: SettingsDocument): { on: Listening; addresses: string[]; setting: Setting | null } {
  const all = document.settings.get('net.bindIpAll');
  if (all?.values[0]?.toLowerCase() === 'true') return { on: 'everywhere', addresses: [], setting: all };
  const setting = document.settings.get('net.bindIp');
  if (setting?.variable) return { on: 'unknown', addresses: [], setting };
  if (!setting || setting.values.length === 0) {
    return { on: document.complete ? 'loopback' : 'unknown', addresses: [], setting: null };
  }
  const addresses = setting.values.flatMap(listOf).filter((address) => !address.startsWith('/'));
  if (addresses.some(isWildcard)) return { on: 'everywhere', addresses, setting };
  return { on: addresses.every(isLoopback) ? 'loopback' : 'network', addresses, setting };
}

function isWildcard(address: string): boolean {
  return address === '*' || (ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unspecified');
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || (ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback');
}
