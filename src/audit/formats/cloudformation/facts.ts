/** What templates tell about the whole: databases that AWS runs, and the security groups in front of them. */
import { assetId } from '../../../core/asset.ts';
import type { Engine } from '../../declared.ts';
import type { DoorFact, Facts, Place, StoreFact } from '../../facts.ts';
import type { ReadFile } from '../../model.ts';
import type { YamlNode } from '../yaml/read.ts';
import { referredTo } from './evaluate.ts';
import type { Resource } from './read.ts';
import { type Ingress, ingressOf } from './security-groups.ts';

interface Kind {
  engine: Engine | null;
  groups: string;
  port: number;
}

const STORES: Readonly<Record<string, Kind>> = {
  'AWS::RDS::DBInstance': { engine: null, groups: 'VPCSecurityGroups', port: 5432 },
  'AWS::RDS::DBCluster': { engine: null, groups: 'VpcSecurityGroupIds', port: 5432 },
  'AWS::DocDB::DBCluster': { engine: 'mongodb', groups: 'VpcSecurityGroupIds', port: 27017 },
  'AWS::Redshift::Cluster': { engine: null, groups: 'VpcSecurityGroupIds', port: 5439 },
  'AWS::ElastiCache::ReplicationGroup': { engine: 'redis', groups: 'SecurityGroupIds', port: 6379 },
  'AWS::ElastiCache::CacheCluster': { engine: null, groups: 'VpcSecurityGroupIds', port: 6379 },
  'AWS::OpenSearchService::Domain': { engine: 'opensearch', groups: 'VPCOptions.SecurityGroupIds', port: 443 },
  'AWS::Elasticsearch::Domain': { engine: 'elasticsearch', groups: 'VPCOptions.SecurityGroupIds', port: 443 },
};

export function cloudformationFacts({ source, document }: ReadFile<'cloudformation'>): Facts {
  const place = (resource: Resource, span = resource.idSpan): Place => ({ source, span, pointer: resource.id });
  const ingress = ingressOf(document);
  const doorId = (group: string): string => `cloudformation:${source.path}:${group}`;
  const groups = new Set(
    document.resources.flatMap(({ type, id }) => (type === 'AWS::EC2::SecurityGroup' ? [id] : [])),
  );
  const stores = document.resources.flatMap((resource): StoreFact[] => {
    const kind = Object.hasOwn(STORES, resource.type) ? STORES[resource.type] : undefined;
    if (!kind) return [];
    const named = String(resource.property('Engine').value ?? '').toLowerCase();
    const engine = kind.engine ?? engineOf(named, resource.type);
    const port = Number(resource.property('Port').value ?? defaultPort(engine) ?? kind.port);
    const version = resource.property('EngineVersion').value;
    const isPublic = resource.property('PubliclyAccessible');
    const domain = resource.type.endsWith('::Domain');
    const inVpc = resource.property('VPCOptions').value !== null;
    const behind = itemsOf(resource.written(kind.groups)).flatMap((item) => {
      const group = referredTo(item);
      return group !== null && groups.has(group) ? [doorId(group)] : [];
    });
    const state = domain
      ? !inVpc
      : resource.type.includes('ElastiCache')
        ? false
        : typeof isPublic.value === 'boolean'
          ? isPublic.value
          : 'unknown';
    const cache = resource.type.includes('ElastiCache');
    const token = ['AuthToken', 'UserGroupIds'].some((key) => resource.property(key).value !== null);
    return [
      {
        asset: assetId('config', source.path, resource.id),
        name: resource.id,
        engine,
        version: typeof version === 'string' && /^[\w.-]{1,40}$/.test(version) ? version : null,
        by: 'managed',
        listens: { on: 'unknown', port, place: place(resource) },
        login: cache
          ? {
              state: token ? 'on' : 'off',
              text: token ? 'asks for a login' : 'asks for no login',
              place: place(resource),
            }
          : {
              state: domain ? 'unknown' : 'on',
              text: domain ? 'its access policy decides' : 'asks for a password',
              place: place(resource),
            },
        encrypted: { state: 'unknown', place: null },
        behind,
        publicAddress: { state, place: place(resource, isPublic.span) },
        place: place(resource),
      },
    ];
  });
  const doors = [...groups].map((id) => doorOf(doorId(id), id, ingress, document.resources, place));
  return { stores, doors };
}

function doorOf(
  id: string,
  group: string,
  ingress: readonly Ingress[],
  resources: readonly Resource[],
  place: (resource: Resource, span?: Resource['idSpan']) => Place,
): DoorFact {
  const own = ingress.filter((rule) => rule.group === group);
  const resource = resources.find((one) => one.id === group);
  return {
    id,
    kind: 'security-group',
    stands: 'behind',
    lets(port) {
      const about = own.filter(({ ports }) => ports === null || (ports.from <= port && port <= ports.to));
      const open = about.find(({ cidr }) => cidr?.reach === 'internet');
      const fallback = resource ?? own[0]?.resource;
      if (fallback === undefined) throw new RangeError('a door without its group');
      if (open)
        return {
          state: 'open',
          text: `security group ${group} lets the internet in`,
          place: place(open.resource, open.cidr?.span),
        };
      const untold = about.find(
        ({ cidr, resource: one, pointer }) => cidr === null && pointer !== '' && hasCidr(one, pointer),
      );
      if (untold)
        return {
          state: 'unknown',
          text: `security group ${group} lets in what a parameter says`,
          place: place(untold.resource),
        };
      return { state: 'closed', text: `security group ${group} lets no stranger in`, place: place(fallback) };
    },
  };
}

/** The rule names an address range, whose value is not told. */
function hasCidr(resource: Resource, pointer: string): boolean {
  const index = Number(/\[(\d+)\]/.exec(pointer)?.[1] ?? Number.NaN);
  const list = resource.written('SecurityGroupIngress');
  const node = Number.isNaN(index) ? (list ?? null) : list?.kind === 'seq' ? (list.items[index] ?? null) : list;
  if (resource.type === 'AWS::EC2::SecurityGroupIngress')
    return resource.written('CidrIp') !== null || resource.written('CidrIpv6') !== null;
  return node?.kind === 'map' && node.entries.some(({ key }) => key === 'CidrIp' || key === 'CidrIpv6');
}

function itemsOf(node: YamlNode | null): readonly YamlNode[] {
  return node?.kind === 'seq' && node.tag === undefined ? node.items.slice(0, 100) : [];
}

function engineOf(name: string, type: string): Engine | null {
  if (type === 'AWS::Redshift::Cluster') return 'postgresql';
  if (/postgres/.test(name)) return 'postgresql';
  if (/mysql|mariadb|^aurora$/.test(name)) return 'mysql';
  if (/sqlserver/.test(name)) return 'mssql';
  if (/redis|valkey/.test(name)) return 'redis';
  return name === 'memcached' ? 'memcached' : null;
}

function defaultPort(engine: Engine | null): number | null {
  const ports: Partial<Record<Engine, number>> = {
    postgresql: 5432,
    mysql: 3306,
    mssql: 1433,
    redis: 6379,
    memcached: 11211,
    mongodb: 27017,
  };
  return engine === null ? null : (ports[engine] ?? null);
}
