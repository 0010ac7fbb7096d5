import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';
import { askSampled } from './harness/sampled.ts';
import { until } from './harness/search.ts';

const java = requireServer('java', ['java']);
const jars = new URL('../../.cache/servers/solr/lib', import.meta.url).pathname;
const installed = java !== undefined && existsSync(jars);
if (!installed && process.env.POSTERN_REQUIRE_SERVERS === '1') {
  throw new Error('Solr is not installed (bash test/servers/install.sh search_jars)');
}
if (!installed)
  console.warn('SKIPPED real-server tests: Solr is not installed (bash test/servers/install.sh search_jars)');

const SCHEMA = `<schema name="customers" version="1.6"><uniqueKey>id</uniqueKey>
<fieldType name="string" class="solr.StrField" docValues="true"/><fieldType name="int" class="solr.IntPointField"/>
<field name="id" type="string" required="true"/><field name="email" type="string"/><field name="age" type="int"/>
<dynamicField name="*_s" type="string"/></schema>`;
const CONFIG = `<config><luceneMatchVersion>8.11.4</luceneMatchVersion>
<schemaFactory class="ClassicIndexSchemaFactory"/><requestHandler name="/select" class="solr.SearchHandler"/></config>`;
/** The user of Solr’s own guide: `solr`, `SolrRocks`. */
const SECURED = {
  authentication: {
    blockUnknown: true,
    class: 'solr.BasicAuthPlugin',
    credentials: { solr: 'IV0EHq1OnNrj6gvRCwvFwTrZ1+z1oBbnQdiVC3otuq0= Ndd7LKvVBAaZIF0QAVi1ekCfAJXr1GGfLtRUXhgrF8c=' },
  },
  authorization: {
    class: 'solr.RuleBasedAuthorizationPlugin',
    permissions: [{ name: 'all', role: 'admin' }],
    'user-role': { solr: 'admin' },
  },
};
/** Everybody may read and list; writing is for the admin. */
const READABLE = {
  authentication: { ...SECURED.authentication, blockUnknown: false },
  authorization: {
    ...SECURED.authorization,
    permissions: [
      { name: 'read', role: null },
      { name: 'core-admin-read', role: null },
      { name: 'schema-read', role: null },
      { name: 'config-read', role: null },
      { name: 'health', role: null },
      { name: 'all', role: 'admin' },
    ],
  },
};

describe.skipIf(!installed)('a real Solr', () => {
  const servers = fleet();
  afterAll(() => servers.stop());

  const start = async (security?: object) => {
    const { port } = await servers.start({
      name: 'solr',
      command: java ?? '',
      readyWithin: 60_000,
      args: (own, folder) => {
        const core = join(folder, 'home/customers');
        mkdirSync(join(core, 'conf'), { recursive: true });
        writeFileSync(join(folder, 'home/solr.xml'), '<solr></solr>');
        writeFileSync(join(core, 'core.properties'), 'name=customers');
        writeFileSync(join(core, 'conf/schema.xml'), SCHEMA);
        writeFileSync(join(core, 'conf/solrconfig.xml'), CONFIG);
        if (security !== undefined) writeFileSync(join(folder, 'home/security.json'), JSON.stringify(security));
        const file = join(folder, 'jetty.xml');
        writeFileSync(
          file,
          '<!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "http://www.eclipse.org/jetty/configure_9_3.dtd">' +
            `<Configure class="org.apache.solr.client.solrj.embedded.JettySolrRunner"><Arg>${folder}/home</Arg><Arg>/solr</Arg>` +
            `<Arg type="int">${own}</Arg><Call name="start"/></Configure>`,
        );
        const heap = ['-Xmx256m', '-XX:TieredStopAtLevel=1', `-Dsolr.log.dir=${folder}`];
        return [...heap, '-cp', `${jars}/*`, 'org.eclipse.jetty.xml.XmlConfiguration', file];
      },
    });
    return port;
  };
  const put = async (port: number) => {
    const authorization = `Basic ${Buffer.from('solr:SolrRocks').toString('base64')}`;
    const answer = await fetch(`http://127.0.0.1:${port}/solr/customers/update?commit=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify([
        { id: '1', email: 'person1@example.org', age: 30, city_s: 'Exampleton' },
        { id: '2', email: 'person2@example.org', age: 40 },
        { id: '3', email: 'person2@example.org', age: 40 },
      ]),
    });
    return answer.ok;
  };
  // A core is loaded after the server has started to answer.
  const seed = async (port: number) => await until(async () => await put(port));

  it('without security.json is open to reading and writing, counts people, and shows no value', async () => {
    const port = await start();
    await askWhenReady(port, 'solr');
    await seed(port);
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'solr', version: '8.11.4', verdict: 'anonymous-write', documents: 3 });
    expect(result.bytes).toBeGreaterThan(500);
    expect(result.datasets).toMatchObject([
      { name: 'customers', fields: ['age', 'city_s', 'email', 'id'], fieldTypes: { email: 'string', age: 'int' } },
    ]);
    expect(await askWatched(port, 'solr')).toMatchObject({ verdict: 'anonymous-write' });
    const { result: sampled, taken } = await askSampled(port, ['email'], 'solr');
    expect(sampled.datasets[0]?.people).toEqual({ count: 2, how: 'cardinality', field: 'email' });
    expect(taken['customers.email']).toHaveLength(3);
    expect(JSON.stringify([result, sampled])).not.toMatch(/example\.org|Exampleton/);
    expect(await askPort(await servers.behindTls(port))).toMatchObject({ service: 'solr', verdict: 'anonymous-write' });
  });

  it('whose rules let everybody read is readable, not writable', async () => {
    const port = await start(READABLE);
    await askWhenReady(port, 'solr');
    await seed(port);
    expect(await askPort(port, 'solr')).toMatchObject({
      verdict: 'anonymous-read',
      documents: 3,
      notTested: ['whether a stranger may write'],
    });
  });

  it('with BasicAuthPlugin is secured', async () => {
    const port = await start(SECURED);
    expect(await askWhenReady(port, 'solr')).toMatchObject({ service: 'solr', verdict: 'secured', datasets: [] });
  });
});
