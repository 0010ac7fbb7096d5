/** As much of an MQTT 3.1.1 client as the tests of brokers need, in clear and over TLS. */
import net from 'node:net';
import tls from 'node:tls';

export interface MqttLogin {
  clientId?: string;
  username?: string;
  password?: string;
}

export interface MqttServer {
  port: number;
  host?: string;
  /** PEM: speak TLS and trust this. */
  ca?: Buffer;
  /** PEM of a client. */
  cert?: Buffer;
  key?: Buffer;
}

export interface MqttClient {
  /** Of CONNACK; 0: let in, 5: not authorised. */
  code: number;
  subscribe(topic: string): Promise<void>;
  /** With a receipt: returns when the broker has it. Brokers acknowledge what they drop, too. */
  publish(topic: string, text: string, retain?: boolean): Promise<void>;
  /** Topics that came so far; a PINGREQ goes there and back first, so that what was under way is in. */
  received(): Promise<string[]>;
  close(): void;
}

/** @throws when the connection is refused or ends before CONNACK */
export async function connectMqtt(server: MqttServer, login: MqttLogin = {}): Promise<MqttClient> {
  const { port, host = '127.0.0.1', ca, cert, key } = server;
  const socket = ca
    ? tls.connect({ host, port, ca, ...(cert && key ? { cert, key } : {}) })
    : net.connect({ host, port });
  const topics: string[] = [];
  let buffer = Buffer.alloc(0);
  let failure: Error | undefined;
  const waiting = new Map<number, (body: Buffer) => void>();
  let fail: (error: Error) => void = () => {};
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let packet = take(); packet !== null; packet = take()) {
      if (packet.type === 3) topics.push(packet.body.subarray(2, 2 + packet.body.readUInt16BE(0)).toString());
      else {
        const resolve = waiting.get(packet.type);
        waiting.delete(packet.type);
        resolve?.(packet.body);
      }
    }
  });
  socket.on('error', (error) => {
    failure = error;
    fail(error);
  });
  socket.on('close', () => {
    failure ??= new Error('the broker closed the connection');
    fail(failure);
  });

  function take(): { type: number; body: Buffer } | null {
    let length = 0;
    for (let at = 1; at < 5; at += 1) {
      const byte = buffer[at];
      if (byte === undefined) return null;
      length += (byte & 127) * 128 ** (at - 1);
      if (byte & 128) continue;
      if (buffer.length < at + 1 + length) return null;
      const packet = { type: (buffer[0] ?? 0) >> 4, body: buffer.subarray(at + 1, at + 1 + length) };
      buffer = buffer.subarray(at + 1 + length);
      return packet;
    }
    return null;
  }
  function ask(answer: number, first: number, body: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      const timer = setTimeout(() => reject(new Error('no answer')), 10_000);
      const settle = () => clearTimeout(timer);
      fail = (error) => {
        settle();
        reject(error);
      };
      waiting.set(answer, (given) => {
        settle();
        resolve(given);
      });
      const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
      socket.write(Buffer.concat([Buffer.from([first, ...length]), body]));
    });
  }

  const { clientId = `t${Math.random().toString(36).slice(2, 10)}`, username, password } = login;
  const flags = 2 | (username === undefined ? 0 : 128) | (password === undefined ? 0 : 64);
  const connack = await ask(
    2,
    0x10,
    Buffer.concat([
      text('MQTT'),
      Buffer.from([4, flags, 0, 30]),
      text(clientId),
      ...(username === undefined ? [] : [text(username)]),
      ...(password === undefined ? [] : [text(password)]),
    ]),
  );
  return {
    code: connack[1] ?? -1,
    subscribe: async (topic) => {
      await ask(9, 0x82, Buffer.concat([Buffer.from([0, 1]), text(topic), Buffer.from([0])]));
    },
    publish: async (topic, message, retain = false) => {
      await ask(4, retain ? 0x33 : 0x32, Buffer.concat([text(topic), Buffer.from([0, 2]), Buffer.from(message)]));
    },
    received: async () => {
      await ask(13, 0xc0, Buffer.alloc(0));
      return [...topics];
    },
    close: () => socket.destroy(),
  };
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bytes.length);
  return Buffer.concat([head, bytes]);
}
