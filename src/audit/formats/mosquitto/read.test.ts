import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { brokerOf, loginOf } from './listeners.ts';
import { readMosquitto } from './parse.ts';

const broker = (text: string, major: number | null = 2) => brokerOf(readMosquitto(sourceOf('m', text)).document, major);

describe('mosquitto.conf', () => {
  it('is told by its name or its own directives, and no foreign file is claimed', () => {
    expect(recognise('deploy/mosquitto.conf', 'listener 1883\n')).toBe('mosquitto.conf');
    expect(recognise('mosquitto/config/auth.conf', 'password_file /x\n')).toBe('mosquitto.conf');
    expect(recognise('hub.conf', '# c\nlistener 8883\ncertfile /c\n')).toBe('mosquitto.conf');
    expect(recognise('broker.conf', 'port 8883\ncertfile /c\nuse_identity_as_username true\n')).toBe('mosquitto.conf');
    for (const [path, text] of [
      ['mosquitto/config/acl.conf', 'user a\ntopic readwrite #\npattern read %u/#\n'],
      ['mosquitto/config/passwd.conf', 'shop:$7$101$AAAA$BBBB==\n'],
      ['a.conf', 'port 6379\nlogfile ""\nuser default on\n'],
      ['a.conf', 'listener 1883\nallow_anonymous true\nserver {\n listen 80;\n}\n'],
      ['README.md', 'listener 1883\nallow_anonymous true\n'],
      ['mosquitto.conf', 'persistence true\n{{ if .anonymous }}\nallow_anonymous true\n{{ end }}\n'],
    ] as const)
      expect(recognise(path, text), path).not.toBe('mosquitto.conf');
  });

  it('reads a value as the rest of the line, and says what the broker would not start with', () => {
    const { document, status, skips } = readMosquitto(
      sourceOf('m', '\ufefflistener 1883  10.0.0.5 \r\n#x\r\n  log_dest file /a b#c\n # y\nlistener\t1\n'),
    );
    expect(document.directives.map(({ name, value }) => [name, value])).toEqual([
      ['listener', '1883  10.0.0.5'],
      ['log_dest', 'file /a b#c'],
    ]);
    expect(status).toBe('partial');
    expect(skips.map(({ subject }) => subject)).toEqual(['m:4', 'm:5']);
  });

  it('has a default listener by port, bind_address or a setting of a listener', () => {
    const seen = (text: string, major: number | null = 2) =>
      broker(text, major).listeners.map(({ name, port, on }) => `${name} ${port} ${on}`);
    expect(seen('persistence true\n')).toEqual(['default 1883 loopback']);
    expect(seen('persistence true\n', 1)).toEqual(['default 1883 everywhere']);
    expect(seen('port 1884\nbind_address 127.0.0.1\nlistener 9001\n')).toEqual([
      'default 1884 loopback',
      'listener[9001] 9001 everywhere',
    ]);
    expect(seen('max_connections 5\n')).toEqual(['default 1883 everywhere']);
    expect(seen('max_connections -1\nprotocol mqtt\n')).toEqual(['default 1883 loopback']);
    expect(seen('certfile /c\nlistener 8883 localhost\n')).toEqual([
      'default 1883 everywhere',
      'listener[8883] 8883 loopback',
    ]);
    expect(seen('listener 0 /run/s\nlistener 1883 10.0.0.5\n')).toEqual([
      'listener[0] 0 socket',
      'listener[1883] 1883 network',
    ]);
  });

  it('knows who gets in, by version', () => {
    const states = (text: string) =>
      [1, 2, null].map((major) => {
        const one = broker(text, major);
        const [listener] = one.listeners;
        return listener && loginOf(one, listener, major, true).state;
      });
    expect(states('listener 1883\n')).toEqual(['open', 'closed', 'unknown']);
    expect(states('listener 1883\npassword_file /p\n')).toEqual(['closed', 'closed', 'closed']);
    expect(states('listener 1883\nallow_anonymous true\n')).toEqual(['open', 'open', 'open']);
    expect(states('max_connections 5\nallow_anonymous false\n')).toEqual(['closed', 'open', 'unknown']);
  });

  it('reads the files of include_dir in its place, each beginning at the default listener', () => {
    const { report } = auditText(
      '=== etc/mosquitto/mosquitto.conf\nlistener 8883\ncertfile /c\nkeyfile /k\nallow_anonymous false\ninclude_dir /etc/mosquitto/conf.d\nacl_file /a\n=== etc/mosquitto/conf.d/x.conf\nlistener 1883\nallow_anonymous true\n',
    );
    const [finding] = report.findings.filter(({ rule }) => rule === 'audit/mosquitto-anonymous-clients');
    expect(finding?.evidence[0]).toMatchObject({ path: 'etc/mosquitto/conf.d/x.conf', line: 2 });
    expect(report.skips).toEqual([expect.objectContaining({ subject: expect.stringContaining('acl_file') })]);
  });

  it('says that it does not know where a folder that is included is missing, or the version', () => {
    const { report } = auditText('=== mosquitto.conf\nlistener 1883 10.0.0.5\ninclude_dir /etc/mosquitto/conf.d\n');
    expect(report.findings.map(({ rule }) => rule)).toEqual(['audit/mosquitto-without-tls']);
    expect(report.skips.map(({ code }) => code)).toContain('CONFIG_INCLUDE');
    expect(auditText('listener 1883 10.0.0.5\n', { path: 'mosquitto.conf' }).report.skips).toHaveLength(1);
  });
});

describe('a container of Mosquitto', () => {
  const exposure = (image: string, more = '') =>
    auditText(
      `=== docker-compose.yml\nservices:\n  mq:\n    image: ${image}\n    ports: ["1883:1883"]\n${more}`,
    ).report.exposures.map(({ login }) => login)[0];

  it('is judged by version, by the file for trying things out, and by the mounted file', () => {
    expect(exposure('eclipse-mosquitto:1.6')).toBe('off');
    expect(exposure('eclipse-mosquitto:2')).toBe('on');
    expect(exposure('eclipse-mosquitto:2', '    command: mosquitto -c /mosquitto-no-auth.conf\n')).toBe('off');
    const mount =
      '    volumes: ["./m.conf:/mosquitto/config/mosquitto.conf"]\n=== m.conf\nlistener 1883\nallow_anonymous';
    expect(exposure('eclipse-mosquitto:2', `${mount} false\n`)).toBe('on');
    expect(exposure('eclipse-mosquitto:2', `${mount} true\n`)).toBe('off');
    expect(exposure('emqx/emqx:5')).toBe('unknown');
  });
});
