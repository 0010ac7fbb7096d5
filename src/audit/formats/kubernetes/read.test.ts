import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../edits.ts';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { containersIn } from './declare.ts';
import { kubernetesFormat } from './read.ts';

const nothing = { text: () => null };
const read = (text: string) => kubernetesFormat.read(sourceOf('k8s.yaml', text), nothing);
const found = (text: string): string[] => auditText(text).report.findings.map(({ rule }) => rule);

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: cache\n  labels: {app: cache}\nspec:\n  containers:\n    - name: redis\n      image: redis:7\n      ports: [{containerPort: 6379}]\n';
const BALANCER =
  'apiVersion: v1\nkind: Service\nmetadata:\n  name: cache\nspec:\n  type: LoadBalancer\n  selector: {app: cache}\n  ports: [{port: 6379}]\n';

describe('recognition of manifests', () => {
  it('goes by apiVersion and kind', () => {
    expect(recognise('a.yaml', POD)).toBe('kubernetes');
    expect(recognise('a.json', '{"kind": "List", "apiVersion": "v1", "items": []}')).toBe('kubernetes');
    expect(recognise('a.yaml', `# text\n---\n${POD}`)).toBe('kubernetes');
  });

  it('leaves other files alone', () => {
    expect(recognise('docker-compose.yml', 'services:\n  db:\n    image: redis:7\n')).not.toBe('kubernetes');
    expect(kubernetesFormat.recognises('Chart.yaml', 'apiVersion: v2\nname: shop\nkind: Nothing\n')).toBe(false);
    expect(kubernetesFormat.recognises('datasource.yaml', 'apiVersion: 1\nkind: Anything\n')).toBe(false);
    expect(kubernetesFormat.recognises('x.yaml', 'metadata:\n  apiVersion: v1\n  kind: Pod\n')).toBe(false);
    expect(kubernetesFormat.recognises('deploy.sh', POD)).toBe(false);
  });

  it('tells templates of charts and says so', () => {
    const texts = [
      '{{- if .Values.on }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n{{- end }}\n',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: x-{{ .Release.Name }}\n',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: "{{ .Values.name }}"\n',
    ];
    for (const text of texts) {
      const { document, status, skips } = read(text);
      expect(recognise('x.yaml', text)).toBe('kubernetes');
      expect([document.template, status, skips.map(({ code }) => code)]).toEqual([true, 'partial', ['HELM_TEMPLATE']]);
    }
    const dashboard =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a.json: |\n    {"legend": "{{ pod }}"}\n';
    expect(read(dashboard).document.template).toBe(false);
  });
});

describe('manifests of a tree', () => {
  it('are joined across files and folders by labels', () => {
    const tree = `=== k8s/svc/a.yaml\n${BALANCER}=== k8s/pods/b.yaml\n${POD}`;
    const { report } = auditText(tree);
    const finding = report.findings.find(({ rule }) => rule === 'audit/kubernetes-store-on-load-balancer');
    expect([finding?.file, finding?.severity]).toEqual(['k8s/svc/a.yaml', 'critical']);
  });

  it('of another namespace, or nearer to another pod, are not', () => {
    const other = BALANCER.replace('name: cache', 'name: cache\n  namespace: a');
    expect(found(`${other}---\n${POD.replace('name: cache', 'name: cache\n  namespace: b')}`)).not.toContain(
      'audit/kubernetes-store-on-load-balancer',
    );
    const web = POD.replace('redis:7', 'nginx:1.27');
    expect(found(`=== a/all.yaml\n${BALANCER}---\n${web}=== b/pod.yaml\n${POD}`)).not.toContain(
      'audit/kubernetes-store-on-load-balancer',
    );
  });

  it('are weighed with the policies that select a pod', () => {
    const policy = (ingress: string): string =>
      `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec:\n  podSelector:\n    matchExpressions: [{key: app, operator: In, values: [cache]}]\n${ingress}`;
    const severity = (ingress: string): string | undefined =>
      auditText(`${POD}---\n${BALANCER}${policy(ingress)}`).report.findings.find(
        ({ rule }) => rule === 'audit/kubernetes-store-on-load-balancer',
      )?.severity;
    expect(severity('  policyTypes: [Egress]\n')).toBe('critical');
    expect(severity('  policyTypes: [Ingress]\n')).toBe('medium');
    expect(severity('  ingress: [{ports: [{port: 6379}]}]\n')).toBe('critical');
    expect(severity('  ingress: [{ports: [{port: 9121}]}]\n')).toBe('medium');
    expect(severity('  ingress: [{from: [{podSelector: {}}]}]\n')).toBe('medium');
  });

  it('declare containers with what Services publish of them', () => {
    const { services } = auditText(`${POD}---\n${BALANCER}`);
    expect(services).toHaveLength(1);
    expect(services[0]).toMatchObject({ format: 'kubernetes', engine: 'redis', name: 'Pod/cache' });
    expect(services[0]?.published).toMatchObject([{ hostPort: 6379, containerPort: 6379, allInterfaces: true }]);
  });

  it('take variables from ConfigMaps, and know when a Secret is elsewhere', () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: env}\ndata: {POSTGRES_HOST_AUTH_METHOD: trust}\n---\n${POD.replace('redis:7', 'postgres:16')}      envFrom:\n        - configMapRef: {name: env}\n`;
    expect(found(text)).toContain('audit/kubernetes-store-without-login');
    const { document } = read(text.replace('configMapRef: {name: env}', 'secretRef: {name: gone}'));
    expect(containersIn({ document })[0]?.environmentComplete).toBe(false);
  });
});

describe('files in ConfigMaps', () => {
  const config = (body: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: pg\ndata:\n${body}`;
  const block = config(
    '  pg_hba.conf: |\n    # who\n    local all all peer\n\n    host all all 0.0.0.0/0 trust\n    host all all ::/0 scram-sha-256\n',
  );

  it('are judged by their own rules, at their lines of the manifest', () => {
    const hit = auditText(block, { path: 'k8s/pg.yaml' }).report.findings.find(({ rule }) => /pg-hba|trust/.test(rule));
    expect([hit?.file, hit?.line]).toEqual(['k8s/pg.yaml', 10]);
    const { text } = sourceOf('x', block);
    expect(text.split('\n')[9]?.slice((hit?.column ?? 1) - 1)).toMatch(/^(?:trust|0\.0\.0\.0|host)/);
  });

  it('are patched where one line says it, and the patch touches that line only', () => {
    for (const text of [block, config('  pg_hba.conf: "local all all peer\\nhost all all 0.0.0.0/0 trust\\n"\n')]) {
      const patches = auditText(text).outcome.findings.flatMap(({ patches: list }) => list ?? []);
      const [patch] = patches.filter(({ edits }) => edits.some(({ text: written }) => written.includes('scram')));
      expect(patch?.path).toBe('example');
      expect(applyEdits(text, patch?.edits ?? [])).toBe(text.replace('trust', 'scram-sha-256'));
    }
  });

  it('belong to the container that mounts them', () => {
    const redis =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n  redis.conf: |\n    bind 0.0.0.0\n    requirepass a-long-example-value-1\n    appendonly yes\n';
    const mounted = `${redis}---\n${POD}      command: [redis-server, /etc/redis/redis.conf]\n      volumeMounts: [{name: c, mountPath: /etc/redis}]\n  volumes: [{name: c, configMap: {name: conf}}]\n`;
    expect(found(mounted)).not.toContain('audit/kubernetes-store-without-login');
    expect(found(mounted)).not.toContain('audit/redis-listens-everywhere');
    expect(found(mounted.replace('requirepass', '# requirepass'))).not.toContain(
      'audit/kubernetes-store-without-login',
    );
  });
});

it('reads a list of many objects in bounded time', () => {
  const items = Array.from(
    { length: 3_000 },
    (_all, index) =>
      `  - apiVersion: v1\n    kind: Service\n    metadata: {name: s${index}}\n    spec: {type: LoadBalancer, selector: {app: cache}, ports: [{port: 6379}]}\n`,
  );
  const started = process.cpuUsage();
  const { report } = auditText(`apiVersion: v1\nkind: List\nitems:\n${items.join('')}---\n${POD}`);
  expect(report.findings.length).toBeGreaterThan(200);
  expect(process.cpuUsage(started).user / 1_000_000).toBeLessThan(20);
});
