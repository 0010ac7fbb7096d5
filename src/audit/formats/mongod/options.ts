/**
 * Options of mongod by their old names: what stands in files of the form before 2.6 and on the command line, and the
 * setting that each is now.
 * https://www.mongodb.com/docs/manual/reference/configuration-file-settings-command-line-options-mapping/
 */
import { own } from '../../../core/own.ts';

interface Option {
  /** The setting's name in YAML. */
  key: string;
  /** What `true` means in the setting's words; without it the value is taken as it is. */
  on?: string;
  off?: string;
}

const OPTIONS: Readonly<Record<string, Option>> = {
  auth: { key: 'security.authorization', on: 'enabled', off: 'disabled' },
  noauth: { key: 'security.authorization', on: 'disabled', off: 'enabled' },
  keyFile: { key: 'security.keyFile' },
  clusterAuthMode: { key: 'security.clusterAuthMode' },
  transitionToAuth: { key: 'security.transitionToAuth', on: 'true', off: 'false' },
  noscripting: { key: 'security.javascriptEnabled', on: 'false', off: 'true' },
  enableEncryption: { key: 'security.enableEncryption', on: 'true', off: 'false' },
  redactClientLogData: { key: 'security.redactClientLogData', on: 'true', off: 'false' },
  bind_ip: { key: 'net.bindIp' },
  bind_ip_all: { key: 'net.bindIpAll', on: 'true', off: 'false' },
  port: { key: 'net.port' },
  ipv6: { key: 'net.ipv6', on: 'true', off: 'false' },
  httpinterface: { key: 'net.http.enabled', on: 'true', off: 'false' },
  nohttpinterface: { key: 'net.http.enabled', on: 'false', off: 'true' },
  rest: { key: 'net.http.RESTInterfaceEnabled', on: 'true', off: 'false' },
  jsonp: { key: 'net.http.JSONPEnabled', on: 'true', off: 'false' },
  sslMode: { key: 'net.ssl.mode' },
  sslOnNormalPorts: { key: 'net.ssl.mode', on: 'requireSSL', off: 'disabled' },
  sslPEMKeyFile: { key: 'net.ssl.PEMKeyFile' },
  sslAllowInvalidCertificates: { key: 'net.ssl.allowInvalidCertificates', on: 'true', off: 'false' },
  sslAllowInvalidHostnames: { key: 'net.ssl.allowInvalidHostnames', on: 'true', off: 'false' },
  sslDisabledProtocols: { key: 'net.ssl.disabledProtocols' },
  tlsMode: { key: 'net.tls.mode' },
  tlsCertificateKeyFile: { key: 'net.tls.certificateKeyFile' },
  tlsAllowInvalidCertificates: { key: 'net.tls.allowInvalidCertificates', on: 'true', off: 'false' },
  tlsAllowInvalidHostnames: { key: 'net.tls.allowInvalidHostnames', on: 'true', off: 'false' },
  tlsDisabledProtocols: { key: 'net.tls.disabledProtocols' },
  quiet: { key: 'systemLog.quiet', on: 'true', off: 'false' },
  logpath: { key: 'systemLog.path' },
  logappend: { key: 'systemLog.logAppend' },
  syslog: { key: 'systemLog.destination', on: 'syslog', off: 'file' },
  auditDestination: { key: 'auditLog.destination' },
  auditPath: { key: 'auditLog.path' },
  auditFormat: { key: 'auditLog.format' },
  dbpath: { key: 'storage.dbPath' },
  directoryperdb: { key: 'storage.directoryPerDB' },
  journal: { key: 'storage.journal.enabled' },
  nojournal: { key: 'storage.journal.enabled', on: 'false', off: 'true' },
  replSet: { key: 'replication.replSetName' },
  oplogSize: { key: 'replication.oplogSizeMB' },
  configdb: { key: 'sharding.configDB' },
  configsvr: { key: 'sharding.clusterRole', on: 'configsvr', off: '' },
  shardsvr: { key: 'sharding.clusterRole', on: 'shardsvr', off: '' },
  fork: { key: 'processManagement.fork' },
  pidfilepath: { key: 'processManagement.pidFilePath' },
  profile: { key: 'operationProfiling.mode' },
  slowms: { key: 'operationProfiling.slowOpThresholdMs' },
  verbose: { key: 'systemLog.verbosity' },
  maxConns: { key: 'net.maxIncomingConnections' },
  unixSocketPrefix: { key: 'net.unixDomainSocket.pathPrefix' },
  nounixsocket: { key: 'net.unixDomainSocket.enabled', on: 'false', off: 'true' },
  smallfiles: { key: 'storage.mmapv1.smallFiles' },
  noprealloc: { key: 'storage.mmapv1.preallocDataFiles', on: 'false', off: 'true' },
  storageEngine: { key: 'storage.engine' },
};

export interface Meant {
  /** The setting's name in YAML. */
  key: string;
  value: string;
}

/** What an option means; null when it is not known here. `setParameter` carries its own name. */
export function meaningOf(name: string, value: string): Meant | null {
  if (name === 'setParameter') {
    const equals = value.indexOf('=');
    if (equals <= 0) return null;
    return { key: `setParameter.${value.slice(0, equals).trim()}`, value: value.slice(equals + 1).trim() };
  }
  const option = own(OPTIONS, name);
  if (!option) return null;
  if (option.on === undefined) return { key: option.key, value };
  return { key: option.key, value: isOn(value) ? option.on : (option.off ?? '') };
}

export function isOption(name: string): boolean {
  return name === 'setParameter' || Object.hasOwn(OPTIONS, name);
}

/** The option takes no value on the command line. */
export function isSwitch(name: string): boolean {
  return own(OPTIONS, name)?.on !== undefined;
}

/** An option alone is on. */
export function isOn(value: string): boolean {
  return /^(?:true|1|yes|on)?$/i.test(value);
}
