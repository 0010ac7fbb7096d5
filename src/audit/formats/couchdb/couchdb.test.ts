import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { couchdbFormat } from './read.ts';

describe('couchdb.ini', () => {
  it('reads comments, continued values and equals signs as CouchDB does', () => {
    const text =
      '; c\n[chttpd]\nport = 5984 ; why\nhandlers = {a, b},\n   {c, d}\nsame=a=b\nempty =\n[admins]\n;x = y\n';
    const { document, status } = couchdbFormat.read(sourceOf('local.ini', text), { text: () => null });
    expect(status).toBe('read');
    expect(document.entries.map(({ section, key, value }) => [section, key, value])).toEqual([
      ['chttpd', 'port', '5984'],
      ['chttpd', 'handlers', '{a, b}, {c, d}'],
      ['chttpd', 'same', 'a=b'],
      ['chttpd', 'empty', ''],
    ]);
  });

  it('is recognised by its sections, and other INI files are not', () => {
    expect(recognise('etc/local.ini', '[chttpd]\nport = 5984\n')).toBe('couchdb.ini');
    expect(recognise('app.ini', '[admins]\nroot = x\n')).not.toBe('couchdb.ini');
    expect(recognise('php.ini', '[PHP]\nengine = On\n')).not.toBe('couchdb.ini');
    expect(recognise('my.ini', '[mysqld]\nport=3306\n')).not.toBe('couchdb.ini');
    expect(recognise('local.yaml', '[chttpd]\n')).not.toBe('couchdb.ini');
  });

  it('joins the files of a server, and names the one that decides', () => {
    const findings = (local: string) =>
      auditText(
        `=== etc/default.ini\n[couchdb]\ndefault_security = everyone\n[chttpd]\nbind_address = 127.0.0.1\n=== etc/default.d/10.ini\n[chttpd]\nbind_address = 0.0.0.0\n=== etc/local.ini\n${local}`,
      ).report.findings.map(({ rule, file }) => [rule, file]);
    expect(findings('[chttpd]\nport = 5984\n')).toEqual([
      ['audit/couchdb-listens-everywhere', 'etc/default.d/10.ini'],
      ['audit/couchdb-databases-open-to-everybody', 'etc/default.ini'],
    ]);
    expect(findings('[couchdb]\ndefault_security = admin_only\n[chttpd]\nbind_address = 127.0.0.1\n')).toEqual([]);
  });
});
