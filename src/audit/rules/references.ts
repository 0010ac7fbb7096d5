/** Sources that several rules cite. */
export const REFERENCES = {
  composePorts: 'https://docs.docker.com/reference/compose-file/services/#ports',
  composeEnvironment: 'https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/',
  dockerFirewall: 'https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw',
  dockerHostNetwork: 'https://docs.docker.com/engine/network/drivers/host/',
  elasticsearchSecurity: 'https://www.elastic.co/guide/en/elasticsearch/reference/current/security-settings.html',
  elasticsearchSecurity7: 'https://www.elastic.co/guide/en/elasticsearch/reference/7.17/security-minimal-setup.html',
  elasticsearchNetwork: 'https://www.elastic.co/guide/en/elasticsearch/reference/current/modules-network.html',
  redisSecurity: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/',
  redisConf: 'https://github.com/redis/redis/blob/7.2/redis.conf',
  redisImage: 'https://github.com/docker-library/redis/blob/master/Dockerfile.template',
  pgHba: 'https://www.postgresql.org/docs/current/auth-pg-hba-conf.html',
  pgConnection: 'https://www.postgresql.org/docs/current/runtime-config-connection.html',
  postgresImage: 'https://github.com/docker-library/docs/blob/master/postgres/README.md',
  mongoImage: 'https://github.com/docker-library/docs/blob/master/mongo/README.md',
  mysqlImage: 'https://github.com/docker-library/docs/blob/master/mysql/README.md',
  owaspAuthentication: 'https://owasp.org/www-project-mobile-top-10/2023-risks/m8-security-misconfiguration',
} as const;
