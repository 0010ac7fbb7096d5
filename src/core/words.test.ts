import { expect, it } from 'vitest';
import { storeName } from './words.ts';

it('a managed store is called by its host, or by its id where all customers share the host', () => {
  expect(storeName({ id: 'bluemarket', host: 'bluemarket.firebaseio.com' })).toBe('bluemarket.firebaseio.com');
  expect(storeName({ id: 'bluemarket.appspot.com', host: 'firebasestorage.googleapis.com' })).toBe(
    'bluemarket.appspot.com',
  );
  expect(storeName({ id: '1:4711:android:ab12' })).toBe('1:4711:android:ab12');
});
