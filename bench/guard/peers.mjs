/** The upstream that every row asks, and the peers in front of it: nginx as a proxy, haproxy with and without jwt_verify. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';

/** Starts a program and waits until its port accepts. */
export async function start(command, args, port, { patience = 200, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log = (log + chunk).slice(-4000)));
  for (let n = 0; n < patience; n++) {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${log}`);
    const socket = net.connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    pid: child.pid,
    log: () => log,
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const NGINX = ({ folder, port, server, workers = 1 }) => `
daemon off; worker_processes ${workers}; pid ${folder}/nginx.pid; error_log ${folder}/error.log crit;
events { worker_connections 4096; }
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; keepalive_requests 100000000; keepalive_timeout 600s;
  ${server(port)}
}`;

export function nginx(root, name, port, server) {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'nginx.conf'), NGINX({ folder, port, server }));
  return start('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], port);
}

/**
 * Answers /small/_search and /large/_search with fixed JSON, whatever the method. `GET /` says what a store says, so that a
 * gateway can ask for its version.
 */
export function upstream(root, port, answers) {
  const folder = join(root, 'www');
  mkdirSync(folder, { recursive: true });
  for (const [name, json] of Object.entries(answers)) writeFileSync(join(folder, `${name}.json`), json);
  const locations = Object.keys(answers)
    .map(
      (
        name,
      ) => `location /${name}/ { default_type application/json; error_page 405 =200 /${name}.json; try_files /${name}.json =404; }
      location = /${name}.json { root ${folder}; default_type application/json; error_page 405 =200 /${name}.json; }`,
    )
    .join('\n');
  return nginx(
    root,
    'upstream',
    port,
    (listen) => `open_file_cache max=10; server { listen 127.0.0.1:${listen}; root ${folder}; ${locations} }`,
  );
}

export function nginxProxy(root, port, to) {
  return nginx(
    root,
    'proxy',
    port,
    (listen) => `upstream store { server 127.0.0.1:${to}; keepalive 128; keepalive_requests 100000000; }
    server { listen 127.0.0.1:${listen}; location / { proxy_pass http://store; proxy_http_version 1.1; proxy_set_header Connection ""; } }`,
  );
}

/** @param pem verify ES256 tokens with this public key; null: no authentication */
export function haproxy(root, port, to, pem, threads = 1) {
  const file = join(root, `haproxy-${port}.cfg`);
  const verify =
    pem === null
      ? ''
      : `http-request deny deny_status 401 unless { http_auth_bearer -m found }
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
  http-request deny deny_status 401 unless { var(txn.alg) -m str ES256 }
  http-request deny deny_status 401 unless { var(txn.bearer),jwt_verify(txn.alg,"${pem}") 1 }
  http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }`;
  writeFileSync(
    file,
    `global
  nbthread ${threads}
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  ${verify}
  default_backend store
backend store
  server one 127.0.0.1:${to}
`,
  );
  return start('haproxy', ['-f', file, '-db'], port);
}
