import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import type { RuleContext } from '../../model.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { mongodFacts } from './facts.ts';
import { mongodFormat } from './read.ts';

const NONE = { text: () => null };
const CONTEXT: RuleContext = {
  runtimes: [],
  mounted: () => ({ files: [], missing: false }),
  beside: () => [],
  all: () => [],
  unknown: () => {},
};

function read(text: string) {
  return mongodFormat.read(sourceOf('mongod.conf', text), NONE);
}

function rulesOf(text: string): string[] {
  return auditText(text).report.findings.map(({ rule }) => rule);
}

describe('mongod.conf', () => {
  it('is recognised in both forms, and others are not', () => {
    expect(recognise('etc/db.conf', 'storage:\n  dbPath: /data\nnet:\n  port: 1\n')).toBe('mongod.conf');
    expect(recognise('mongod.conf', 'net:\n  bindIp: 0.0.0.0\n')).toBe('mongod.conf');
    expect(recognise('mongodb.conf', '# c\ndbpath=/var/lib/mongodb\nlogpath=/l\nlogappend=true\n')).toBe('mongod.conf');
    expect(recognise('storage.yaml', 'storage:\n  path: /data\nnet:\n  name: x\n')).not.toBe('mongod.conf');
    expect(
      recognise('values.yaml', 'replication:\n  enabled: true\nstorage:\n  size: 1Gi\nauth:\n  enabled: false\n'),
    ).not.toBe('mongod.conf');
    expect(recognise('loki.yaml', 'storage:\n  dbPath: /x\nserver:\n  port: 1\n')).not.toBe('mongod.conf');
    expect(recognise('php.conf', 'auth = true\nport = 1\nquiet = 1\n')).not.toBe('mongod.conf');
  });

  it('of the old form becomes settings under their names of today', () => {
    const { document, status } = read(
      '# c\nauth\nnoscripting = true\nbind_ip = 127.0.0.1,10.0.0.5 # two\nsetParameter = enableLocalhostAuthBypass=0\nunknown = 1\n',
    );
    expect(status).toBe('read');
    expect([...document.settings].map(([key, { values }]) => [key, values])).toEqual([
      ['security.authorization', ['enabled']],
      ['security.javascriptEnabled', ['false']],
      ['net.bindIp', ['127.0.0.1,10.0.0.5']],
      ['setParameter.enableLocalhostAuthBypass', ['0']],
    ]);
    expect([...mongodFormat.settings(document)].map(({ pointer }) => pointer)).toEqual([
      'auth',
      'noscripting',
      'bind_ip',
      'setParameter',
      'unknown',
    ]);
  });

  it('says where it listens and whether it asks who one is', () => {
    const facts = (text: string) => {
      const source = sourceOf('mongod.conf', text);
      const store = mongodFacts(
        { format: 'mongod.conf', source, document: mongodFormat.read(source, NONE).document },
        CONTEXT,
      ).stores?.[0];
      return [store?.listens.on, store?.login.state, store?.encrypted.state];
    };
    expect(facts('net:\n  bindIp: 0.0.0.0\n')).toEqual(['everywhere', 'off', 'off']);
    expect(facts('net:\n  bindIpAll: true\nsecurity:\n  keyFile: /k\n')).toEqual(['everywhere', 'on', 'off']);
    expect(facts('net:\n  bindIp: 10.0.0.5\n  tls: {mode: requireTLS}\nsecurity:\n  authorization: enabled\n')).toEqual(
      [['10.0.0.5'], 'on', 'on'],
    );
    expect(facts('storage:\n  dbPath: /data\n')).toEqual(['loopback', 'off', 'off']);
  });

  it('is judged with the command and the variables of its container', () => {
    const tree = (more: string) =>
      `=== mongod.conf\nstorage:\n  dbPath: /data/db\nnet:\n  bindIp: 0.0.0.0\n=== compose.yml\nservices:\n  db:\n    image: mongo:7.0\n${more}    volumes: ["./mongod.conf:/etc/mongod.conf"]\n`;
    const off = 'audit/mongodb-authorization-off';
    const unread = 'audit/mongodb-configuration-not-read';
    expect(rulesOf(tree(''))).toEqual(expect.arrayContaining([off, unread]));
    expect(rulesOf(tree('    command: mongod --config /etc/mongod.conf\n'))).toContain(off);
    expect(rulesOf(tree('    command: mongod --config /etc/mongod.conf\n'))).not.toContain(unread);
    expect(rulesOf(tree('    command: mongod --config /etc/mongod.conf --auth\n'))).not.toContain(off);
    expect(rulesOf(tree('    command: mongod --config /etc/mongod.conf --keyFile /k\n'))).not.toContain(off);
  });

  it('of a replica set without a key file gets no patch that keeps it from starting', () => {
    const { outcome } = auditText(
      'storage:\n  dbPath: /d\nnet:\n  bindIp: 10.0.0.5\nreplication:\n  replSetName: rs0\n',
      {
        format: 'mongod.conf',
      },
    );
    const finding = outcome.findings.find(({ rule }) => rule === 'audit/mongodb-authorization-off');
    expect(finding).toBeDefined();
    expect(finding?.patches).toBeUndefined();
  });
});
