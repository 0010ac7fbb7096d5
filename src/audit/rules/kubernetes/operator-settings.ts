/** Stores that an operator runs: HTTPS and backups. */
import { annotation, at, isFalse, isTrue, knownText } from '../../formats/kubernetes/objects.ts';
import { child, entryOf, textOf } from '../../formats/yaml/read.ts';
import { defineRule } from '../../model.ts';
import { ECK, exposures, hitOf, operatedIn } from './operated.ts';

export const operatorTlsOff = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-elastic-http-without-tls',
  aliases: ['K8-ECK-001'],
  format: 'kubernetes',
  title: 'HTTPS is switched off for an Elastic product',
  topic: 'encryption-in-transit',
  severity: 'medium',
  owner: 'it',
  description:
    'With `http.tls.selfSignedCertificate.disabled` and no certificate of your own, passwords and data travel between pods, and to everybody outside, as they are.',
  remediation:
    'Remove the setting, or name your certificate in `spec.http.tls.certificate.secretName`. Behind a proxy that ends TLS keep the way from it to the pods closed to others.',
  references: ['https://www.elastic.co/docs/deploy-manage/security/k8s-https-settings'],
  cwe: ['CWE-319'],
  verified: {
    by: 'source',
    how: 'https://github.com/elastic/cloud-on-k8s/blob/main/pkg/apis/common/v1/common.go – TLSOptions.Enabled: off when selfSignedCertificate.disabled is true and no certificate is named',
  },
  examples: {
    bad: [ECK('  http:\n    tls:\n      selfSignedCertificate:\n        disabled: true\n')],
    good: [
      ECK(
        '  http:\n    tls:\n      selfSignedCertificate:\n        disabled: true\n      certificate:\n        secretName: my-cert\n',
      ),
      ECK('  count: 1\n', 'Kibana'),
    ],
  },
  *check(file) {
    for (const { object, name } of operatedIn(file)) {
      const tls = at(object.node, 'spec', 'http', 'tls');
      const entry = entryOf(child(tls, 'selfSignedCertificate'), 'disabled');
      if (!isTrue(entry?.value) || knownText(at(tls, 'certificate', 'secretName')) !== null) continue;
      const found = { span: entry.value.span, pointer: 'http.tls.selfSignedCertificate.disabled', actual: 'true' };
      const outside = [...exposures(object)].length > 0;
      const { inner } = entry.value;
      yield hitOf(object, found, {
        expected: 'not set',
        message: `${name} speaks plain HTTP${outside ? ', and it is reached from outside the cluster' : ''}.`,
        severity: name === 'Elasticsearch' || outside ? 'high' : 'medium',
        fix: inner && {
          edits: [{ ...inner, text: 'false' }],
          title: `Let ${name} speak HTTPS`,
          blastRadius:
            'Clients that call it by http:// are refused, and have to trust the certificate of the operator (Secret …-http-certs-public).',
          needsConfirmation: true,
        },
      });
    }
  },
});

export const operatorBackupOff = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-operator-backup-off',
  aliases: ['K8-BAK-001'],
  format: 'kubernetes',
  title: 'A store that an operator runs has no backup',
  topic: 'retention',
  severity: 'low',
  owner: 'it',
  description:
    'The operator can make backups, and its object switches them off or does not say where they go: after a mistake or an attack nothing brings the data back.',
  remediation: 'Set `spec.backup` of the object with a destination, a schedule and how long backups are kept.',
  references: [
    'https://cloudnative-pg.io/documentation/current/backup/',
    'https://docs.percona.com/percona-operator-for-mongodb/backups.html',
  ],
  cwe: ['CWE-693'],
  verified: {
    by: 'source',
    how: 'https://cloudnative-pg.io/documentation/current/backup/ – without spec.backup or a plug-in there is no WAL archive and no physical backup; in Percona’s operators backup.enabled false switches backups off',
  },
  examples: {
    bad: [
      'apiVersion: psmdb.percona.com/v1\nkind: PerconaServerMongoDB\nmetadata:\n  name: mongo\nspec:\n  backup:\n    enabled: false\n',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n',
    ],
    good: [
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n  backup:\n    barmanObjectStore:\n      destinationPath: s3://backups/\n',
      'apiVersion: psmdb.percona.com/v1\nkind: PerconaServerMongoDB\nmetadata:\n  name: mongo\nspec:\n  backup:\n    enabled: true\n',
    ],
  },
  *check(file) {
    for (const { object, name } of operatedIn(file)) {
      const spec = at(object.node, 'spec');
      const enabled = at(spec, 'backup', 'enabled');
      if (isFalse(enabled)) {
        const found = { span: enabled.span, pointer: 'backup.enabled', actual: 'false' };
        yield hitOf(object, found, { expected: 'true', message: `Backups of ${name} are switched off.` });
      } else if (
        object.apiVersion.startsWith('postgresql.cnpg.io/') &&
        spec &&
        !child(spec, 'backup') &&
        !child(spec, 'plugins')
      ) {
        const scheduled = file.document.cluster.objects.some(
          ({ kind, node }) => kind === 'ScheduledBackup' && textOf(at(node, 'spec', 'cluster', 'name')) === object.name,
        );
        const snapshot = annotation(object, 'cnpg.io/skipWalArchiving') !== null;
        if (scheduled || snapshot) continue;
        const found = { span: object.nameSpan, pointer: 'backup', actual: 'not set' };
        yield hitOf(object, found, {
          expected: 'spec.backup with a destination',
          message: `${name} has no backup.`,
          confidence: 'tentative',
        });
      }
    }
  },
});
