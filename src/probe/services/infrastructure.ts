/** Brokers, coordination, containers and monitoring. */
import type { ProbeService } from '../service.ts';
import { consul } from './consul/index.ts';
import { docker } from './docker/index.ts';
import { dockerRegistry } from './docker-registry/index.ts';
import { etcd } from './etcd/index.ts';
import { kafkaHttp } from './kafka/http.ts';
import { kafka } from './kafka/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { mqtt } from './mqtt/index.ts';
import { nats } from './nats/index.ts';
import { natsMonitor } from './nats/monitor.ts';
import { bolt } from './neo4j/bolt-face.ts';
import { neo4j } from './neo4j/index.ts';
import { rabbitmq } from './rabbitmq/index.ts';
import { rabbitmqManagement } from './rabbitmq/management.ts';
import { zookeeper } from './zookeeper/index.ts';

export const infrastructureServices: readonly ProbeService[] = [
  neo4j,
  bolt,
  docker,
  etcd,
  kubernetes,
  kafka,
  kafkaHttp,
  rabbitmqManagement,
  rabbitmq,
  mqtt,
  nats,
  natsMonitor,
  consul,
  zookeeper,
  dockerRegistry,
];
