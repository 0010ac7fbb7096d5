/**
 * Generated requests to declared resources over real stores: each world has indices and a database of its own, and the oracles
 * are those of the runs in memory (`test/guard/fuzz/api-run.ts`).
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RESOURCE_OPERATIONS } from '../../src/guard/contract/resource.ts';
import type { SqlStatement } from '../../src/guard/contract/sql.ts';
import { createPostgresqlResources } from '../../src/guard/stores/postgresql/index.ts';
import { type Client, createClient } from '../../src/guard/upstream/client.ts';
import { type Database, openDatabase } from '../../src/guard/upstream/postgresql.ts';
import { type ApiWorlds, apiCampaign, createApiWorlds, printApiTally } from '../guard/fuzz/api-run.ts';
import { SEED } from '../guard/fuzz/campaign.ts';
import { type ApiBackend, PERSONS, RESOURCES } from '../guard/harness/api-fixture.ts';
import type { Kept } from '../guard/harness/api-stores.ts';
import type { SeenRequest } from '../guard/harness/memory-store.ts';
import { type PostgresqlNode, requirePostgresql, startPostgresql } from './harness/postgresql.ts';
import { requireSearch, type SearchNode, startSearch } from './harness/search.ts';

/** `POSTERN_FUZZ_SCALE=10` sends ten times as many. */
const REQUESTS = 500 * Number(process.env.POSTERN_FUZZ_SCALE ?? 1);
const KEYWORD = { type: 'keyword' };
const SEALED = { type: 'keyword', index: false, doc_values: false };
const MAPPINGS = {
  dynamic: 'strict',
  properties: {
    ...Object.fromEntries(
      [
        ...['customer', 'customer_ref', 'recipient_ref', 'status', 'title', 'tags', 'recipientId', 'iban', 'voucher'],
        ...['pin', 'recipientName_beacon'],
      ].map((name) => [name, KEYWORD]),
    ),
    ...Object.fromEntries(['phone', 'note', 'salary', 'recipientName'].map((name) => [name, SEALED])),
    deleted: { type: 'boolean' },
    total: { type: 'double' },
    placed: { type: 'date' },
    units: { type: 'long' },
    gift: { type: 'boolean' },
    address: { properties: { city: KEYWORD, zip: KEYWORD } },
  },
};
const TABLE = `CREATE SCHEMA shop; CREATE TABLE shop.parcels (
  id uuid PRIMARY KEY, customer text NOT NULL, deleted boolean NOT NULL DEFAULT false, customer_ref text, recipient_ref text,
  status text, total numeric, placed timestamptz, units bigint, gift boolean, title text, tags text[], address jsonb,
  "recipientId" text, iban text, voucher text, pin text, phone text, note text, salary text, "recipientName" text,
  "recipientName_beacon" text
); GRANT USAGE ON SCHEMA shop TO gateway; GRANT SELECT, INSERT, UPDATE, DELETE ON shop.parcels TO gateway`;

const distribution = requireSearch('opensearch-2');
const programs = requirePostgresql('embedded');

describe.skipIf(distribution === undefined || programs === undefined)('generated requests to real stores', () => {
  let node: SearchNode;
  let postgresql: PostgresqlNode;
  let client: Client;
  let worlds: ApiWorlds;
  const databases: Database[] = [];
  const owners: pg.Client[] = [];

  beforeAll(async () => {
    [node, postgresql] = await Promise.all([
      startSearch('opensearch-2', { settings: [] }),
      startPostgresql(programs ?? ''),
    ]);
    client = createClient({
      nodes: [{ host: '127.0.0.1', port: node.port, tls: null }],
      authorization: null,
      connections: 4,
      timeout: 10_000,
      answerBytes: 16 * 1024 * 1024,
    });
    await postgresql.ask("CREATE ROLE gateway LOGIN PASSWORD 'synthetic-gateway'");
    const backends = new Map<string, ApiBackend>();
    for (const judged of PERSONS)
      for (const variant of [1, 2] as const) backends.set(`${judged}${variant}`, await open(`${judged}${variant}`));
    worlds = await createApiWorlds((judged, variant) => ({ backend: backends.get(`${judged}${variant}`)! }));
  }, 240_000);
  afterAll(async () => {
    client?.close();
    await Promise.all([...databases.map((one) => one.close()), ...owners.map((one) => one.end())]);
    await Promise.all([node?.stop(), postgresql?.stop()]);
  });

  /** The stores of one world. */
  async function open(world: string): Promise<ApiBackend> {
    for (const resource of RESOURCES.filter((one) => one !== 'parcels')) {
      const settings = { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' };
      await node.ask('PUT', `/${resource}-${world}`, { settings, mappings: MAPPINGS });
    }
    await postgresql.ask(`CREATE DATABASE ${world}`);
    const options = {
      name: world,
      url: `postgresql://127.0.0.1:${postgresql.port}/${world}`,
      username: 'gateway',
      password: { env: 'GATEWAY_PASSWORD' },
      tls: { ca: postgresql.ca, serverName: null, certificate: null, key: null },
      secure: true,
      connections: 2,
      timeout: 10_000,
    };
    const { port, password } = postgresql;
    const owner = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: world });
    await owner.connect();
    owners.push(owner);
    await owner.query(TABLE);
    const database = await openDatabase(options, { GATEWAY_PASSWORD: 'synthetic-gateway' });
    databases.push(database);
    const seen: SeenRequest[] = [];
    const statements: SqlStatement[] = [];
    return {
      search: {
        seen,
        async send(request) {
          seen.push({ method: request.method, path: request.path, body: request.body });
          // Refreshed at once: `wait_for` would wait for ever here.
          const path = request.path
            .replace(/^\/(orders|letters)/, `/$1-${world}`)
            .replace('refresh=wait_for', 'refresh=true');
          const answer = await client.send({ ...request, path });
          const text = Buffer.from(answer.body).toString('utf8');
          return {
            ...answer,
            body: Buffer.from(
              text
                .replaceAll(`"_index":"orders-${world}"`, '"_index":"orders"')
                .replaceAll(`"_index":"letters-${world}"`, '"_index":"letters"'),
            ),
          };
        },
      },
      database: {
        statements,
        store: createPostgresqlResources({
          query(statement) {
            statements.push(statement);
            return database.query(statement);
          },
        }),
      },
      async documents(resource): Promise<readonly Kept[]> {
        if (resource === 'parcels') {
          const { rows } = await owner.query('SELECT *, xmin::text AS version FROM shop.parcels');
          return rows.map(({ id, version, ...columns }) => ({ id, version, columns }));
        }
        const body = { size: 5000, seq_no_primary_term: true };
        const found = (await node.ask('POST', `/${resource}-${world}/_search`, body)) as Found;
        return found.hits.hits.map(({ _id, _seq_no, _source }) => ({
          id: _id,
          version: String(_seq_no),
          columns: _source,
        }));
      },
      async tamper(resource, id, columns) {
        if (resource !== 'parcels') {
          await node.ask('POST', `/${resource}-${world}/_update/${id}?refresh=true`, { doc: columns });
          return;
        }
        for (const [name, value] of Object.entries(columns))
          await owner.query(`UPDATE shop.parcels SET "${name}" = $2 WHERE id = $1`, [id, value]);
      },
      save: () => null,
    };
  }

  it('hold by all oracles, and most valid ones are answered', {
    timeout: 600_000 * Math.max(1, REQUESTS / 500),
  }, async () => {
    const tally = await apiCampaign(worlds, SEED + 300, REQUESTS);
    console.info(`resources in OpenSearch and PostgreSQL, seed ${SEED + 300}: ${printApiTally(tally)}`);
    expect(tally.requests).toBeGreaterThanOrEqual(REQUESTS);
    expect(tally.valid.answered / tally.valid.requests).toBeGreaterThan(0.5);
    for (const resource of RESOURCES)
      for (const operation of RESOURCE_OPERATIONS)
        expect(
          tally.operations.get(`${resource} resource.${operation}`) ?? 0,
          `${resource} ${operation}`,
        ).toBeGreaterThan(0);
  });
});

interface Found {
  readonly hits: { readonly hits: readonly { _id: string; _seq_no: number; _source: Record<string, unknown> }[] };
}
