import { describe, expect, it } from 'vitest';
import { allowParsed } from '../../net/allow-list.ts';
import { isMalformed } from '../observations.ts';
import { scriptedContext } from '../testing/scripted.ts';
import { isPrivate, requirePrivate } from './clear-text.ts';
import { scramFinal, scramFirst } from './scram.ts';

const SERVER_FIRST = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';

describe('SCRAM-SHA-256', () => {
  it('computes the example of RFC 7677', async () => {
    expect(scramFirst('user', 'rOprNGfwEbeRWgbNEkqO')).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
    const step = await scramFinal('user', 'pencil', 'rOprNGfwEbeRWgbNEkqO', SERVER_FIRST);
    expect(step.message).toBe(
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    expect(step.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe(true);
    expect(step.verify('v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe(false);
    expect(step.verify('e=invalid-proof')).toBe(false);
  });

  it('escapes what separates attributes', () => {
    expect(scramFirst('a=b,c', 'x')).toBe('n,,n=a=3Db=2Cc,r=x');
  });

  it('refuses a nonce that is not its own, and absurd work', async () => {
    for (const first of [
      SERVER_FIRST.replace('r=rOpr', 'r=xOpr'),
      SERVER_FIRST.replace('i=4096', 'i=9999999'),
      SERVER_FIRST.replace('i=4096', 'i=0'),
      '',
      'e=unknown-user',
    ]) {
      const failure = await scramFinal('user', 'pencil', 'rOprNGfwEbeRWgbNEkqO', first).catch(
        (error: unknown) => error,
      );
      expect(isMalformed(failure), first).toBe(true);
    }
  });
});

describe('passwords in clear', () => {
  it('go over loopback or TLS only', async () => {
    const at = (address: string) =>
      scriptedContext(
        allowParsed([], () => true),
        { address },
      ).connect();
    for (const address of ['127.0.0.1', '127.83.0.1', '::1', '::ffff:127.0.0.1']) {
      expect(isPrivate(await at(address)), address).toBe(true);
    }
    for (const address of ['10.0.0.1', '192.0.2.1', '2001:db8::1', '1.127.0.0', '::ffff:10.0.0.1']) {
      const connection = await at(address);
      expect(() => requirePrivate(connection, 'a password'), address).toThrow(/in clear/);
      await connection.startTls();
      expect(isPrivate(connection), address).toBe(true);
    }
  });
});
