import { describe, expect, it } from 'vitest';
import { type Script, scriptedContext } from '../../testing/scripted.ts';
import { allow, CLIENTS_TOPIC, controlAllow, VERSION_TOPIC } from './allow.ts';
import { mqtt } from './index.ts';
import { assignedClientId, connectPacket, DISCONNECT, decodeRequest, PINGREQ, subscribePacket } from './packets.ts';

const connack = (code: number) => Buffer.from([0x20, 2, 0, code]);
const pingresp = Buffer.from([0xd0, 0]);
const publish = (topic: string, payload: string) => {
  const rest = Buffer.concat([Buffer.from([0, topic.length]), Buffer.from(topic), Buffer.from(payload)]);
  return Buffer.concat([Buffer.from([0x31, rest.length]), rest]);
};
/** A 5.0 CONNACK that assigns a client id. */
const assigned = (id: string) =>
  Buffer.concat([
    Buffer.from([0x20, id.length + 9, 0, 0, id.length + 6, 0x22, 0, 10, 0x12, 0, id.length]),
    Buffer.from(id),
  ]);

/** A broker that grants by `codes`, delivers `messages`, and answers a 5.0 CONNECT with `five`. */
function broker(codes: number[], messages: Buffer[], five: Buffer | 'close' = 'close') {
  const script: Script = {
    answer: (bytes) => {
      const request = decodeRequest(bytes);
      switch (request?.kind) {
        case 'connect':
          return request.level === 5 ? five : connack(0);
        case 'subscribe':
          return Buffer.from([0x90, 5, bytes[2] ?? 0, bytes[3] ?? 0, ...codes]);
        case 'ping':
          return Buffer.concat([...messages, pingresp]);
        default:
          return 'close';
      }
    },
  };
  return scriptedContext(allow, script);
}

describe('the MQTT probe', () => {
  it('takes a granted random topic and a delivered $SYS value as reading', async () => {
    const context = broker(
      [0, 0, 0],
      [publish(VERSION_TOPIC, 'mosquitto version 2.0.18'), publish(CLIENTS_TOPIC, '17')],
    );
    const seen = await mqtt.probe(context);
    expect(seen).toMatchObject({ verdict: 'anonymous-read', product: 'mosquitto', version: '2.0.18' });
    expect(seen.reason).toContain('17 clients');
    expect(context.sent.at(-1)).toEqual(Buffer.from(DISCONNECT));
  });

  it('says what is missing where nothing was delivered', async () => {
    const silent = await mqtt.probe(broker([0, 0, 0], []));
    expect(silent).toMatchObject({ verdict: 'anonymous-read' });
    expect(silent.notTested.join()).toContain('delivered');
    const mosquitto = await mqtt.probe(broker([0, 0, 0], [], assigned('auto-0F0F0F0F-AAAA-BBBB-CCCC-0123456789AB')));
    expect(mosquitto).toMatchObject({ verdict: 'metadata-only', product: 'mosquitto' });
  });

  it('takes a refused topic as a connection only', async () => {
    expect(await mqtt.probe(broker([0x80, 0x80, 0x80], []))).toMatchObject({ verdict: 'metadata-only' });
  });

  it('drops messages of other topics unread', async () => {
    const context = broker([0, 0, 0], [publish('fleet/jane/position', '52.5,13.4'), publish(VERSION_TOPIC, 'x')]);
    const seen = await mqtt.probe(context);
    expect(JSON.stringify([seen, context.exchanges])).not.toMatch(/jane|52\.5/);
  });

  it('takes codes 4 and 5 as secured, other refusals as not tested', async () => {
    const refuse = (code: number) => mqtt.probe(scriptedContext(allow, { answer: () => connack(code) }));
    for (const code of [4, 5, 0x87]) expect(await refuse(code)).toMatchObject({ verdict: 'secured' });
    for (const code of [1, 2, 3])
      expect(await refuse(code)).toMatchObject({ identified: true, verdict: 'inconclusive' });
  });

  it('leaves ports that speak something else to others', async () => {
    for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', '-ERR unknown\r\n', 'AMQP\0\0\u0009\u0001']) {
      expect(await mqtt.probe(scriptedContext(allow, { answer: () => Buffer.from(answer) }))).toMatchObject({
        identified: false,
      });
    }
  });
});

describe('the MQTT allow-list', () => {
  it('plans nothing that it refuses', () => {
    const planned = (allow.planned ?? []).flatMap((one) => ('bytes' in one ? [one.bytes] : []));
    expect(planned).toHaveLength(5);
    for (const bytes of planned) expect(allow.permitsBytes(bytes)).toBe(true);
  });

  it('holds the dialogue and nothing near it', () => {
    const own = 'postern/abcdef';
    const permits = (bytes: Uint8Array) => allow.permitsBytes(bytes);
    expect(permits(connectPacket(4, 'postern-abcdef'))).toBe(true);
    expect(permits(connectPacket(5, ''))).toBe(true);
    expect(permits(connectPacket(4, 'sensor-17'))).toBe(false);
    expect(permits(connectPacket(4, 'postern-abcdef', { username: 'a', password: 'b' }))).toBe(false);
    expect(permits(subscribePacket(7, [VERSION_TOPIC, CLIENTS_TOPIC, own]))).toBe(true);
    for (const filters of [
      ['#'],
      [VERSION_TOPIC, CLIENTS_TOPIC, '#'],
      [VERSION_TOPIC, '$SYS/#', own],
      [VERSION_TOPIC, CLIENTS_TOPIC, 'postern/+'],
      [own],
    ]) {
      expect(permits(subscribePacket(7, filters)), filters.join()).toBe(false);
    }
    expect(permits(PINGREQ)).toBe(true);
    expect(permits(publish('postern/abcdef', 'x'))).toBe(false);
    expect(permits(Buffer.concat([PINGREQ, publish('a', 'x')]))).toBe(false);
    const withWill = Buffer.from(connectPacket(4, 'postern-abcdef'));
    withWill[9] = 0x06;
    expect(permits(withWill)).toBe(false);
    const kept = Buffer.from(connectPacket(4, 'postern-abcdef'));
    kept[9] = 0x00;
    expect(permits(kept)).toBe(false);
  });

  it('lets the control log in and do nothing else', () => {
    expect(controlAllow.permitsBytes(connectPacket(4, 'postern-abcdef', { username: 'a', password: 'b' }))).toBe(true);
    expect(controlAllow.permitsBytes(subscribePacket(7, ['postern/abcdef']))).toBe(false);
  });
});

describe('MQTT 5 properties', () => {
  it('give the assigned client id, whatever stands before it', () => {
    const answer = assigned('auto-1');
    expect(assignedClientId({ head: 0x20, rest: answer.subarray(2) })).toBe('auto-1');
    expect(assignedClientId({ head: 0x20, rest: Buffer.from([0, 0, 3, 0x12, 0, 9]) })).toBeUndefined();
  });
});
