/** Small programs for other network namespaces: sockets that wait, and connections from a chosen address. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Machine, NSENTER } from './namespaces.ts';

const LISTENER = `
const net = require('node:net');
const ports = process.argv.slice(1).map(Number);
const wait = (port) => new Promise((done) => net.createServer((s) => s.on('error', () => {}).end('here')).listen(port, '::', done));
Promise.all(ports.map(wait)).then(() => console.log('ready'));`;

const CONNECTOR = `
const net = require('node:net');
const [from, to, ...ports] = process.argv.slice(1);
const ask = (port) => new Promise((done) => {
  const socket = net.connect({ host: to, port: Number(port), localAddress: from });
  const end = (answer) => { clearTimeout(timer); socket.destroy(); done(answer); };
  const timer = setTimeout(() => end(false), 700);
  socket.once('connect', () => end(true));
  socket.once('error', (error) => { if (error.code !== 'ECONNREFUSED') console.error(error.code); end(false); });
});
Promise.all(ports.map(ask)).then((answers) => console.log(JSON.stringify(ports.filter((_, at) => answers[at]).map(Number))));`;

/** Waits on these ports, IPv4 and IPv6, until it is killed. */
export async function listenOn(machine: Machine, ports: readonly number[]): Promise<ChildProcess> {
  const program = spawn(
    NSENTER,
    ['-t', String(machine.pid), '-n', process.execPath, '-e', LISTENER, ...ports.map(String)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await new Promise<void>((done, fail) => {
    program.stdout.once('data', () => done());
    program.once('exit', () => fail(new Error('the listener ended')));
  });
  return program;
}

/** Those of the ports on which a connection is accepted. */
export function reached(machine: Machine, from: string, to: string, ports: readonly number[]): number[] {
  return JSON.parse(machine.run(process.execPath, ['-e', CONNECTOR, from, to, ...ports.map(String)]));
}
