import { describe, expect, it } from 'vitest';
import { takeDocuments } from './nested.ts';

function taken(documents: readonly unknown[], most = 2) {
  const values: unknown[] = [];
  const names = takeDocuments({ most, take: (...one) => values.push(one) }, 'users', documents);
  return { names, values };
}

describe('takeDocuments', () => {
  it('hands on the leaves of documents by their dotted names, as many of each as are wanted', () => {
    const documents = [
      { address: { city: 'Lyon' }, phones: [{ number: '1' }, { number: '2' }, { number: '3' }] },
      { address: { city: 'Bern' } },
      { address: { city: 'Rome' } },
    ];
    expect(taken(documents)).toEqual({
      names: ['address.city', 'phones.number'],
      values: [
        ['users', 'address.city', ['Lyon', 'Bern']],
        ['users', 'phones.number', ['1', '2']],
      ],
    });
  });

  it('tells the name of a field that is empty everywhere, and hands on nothing of it', () => {
    expect(taken([{ email: null, age: 41 }, { email: null }])).toEqual({
      names: ['email', 'age'],
      values: [['users', 'age', [41]]],
    });
  });

  it('ends in documents that are nested without end', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 5_000; n++) deep = { a: deep };
    expect(taken([deep]).values).toEqual([]);
  });
});
