import { describe, expect, it } from 'vitest';
import { classifyRelativePath } from './relative-path.ts';

describe('classifyRelativePath', () => {
  it.each([
    '/api/user/login',
    '/login',
    '/getaccounts',
    '/dotransfer',
    '/changePassword',
    'api/v2/orders',
    'users/{id}/repos',
    '/v1.1/search?q=',
    '/backend/save.php',
    '/orders',
    'deliveries/%d/position',
  ])('takes %s', (text) => {
    expect(classifyRelativePath(text, false)).toBeDefined();
  });

  it.each([
    '/data/local/tmp',
    '/system/bin/su',
    '/proc/self/maps',
    'application/json',
    'image/png',
    'text/plain; charset=utf-8',
    '//div[@class="x"]',
    '/html/body/div',
    'res/layout/main.xml',
    '/index.html',
    '/topics/[a-zA-Z0-9-_.~%]{1,900}',
    '/session/:sessionId/element',
    '/Statements_',
    '/click',
    '/',
    'M/d/yy',
    'and/or',
    '%s/%s/cache',
    'step %d/%d',
    'kotlin/collections/List',
    'v1/',
    '/api',
    'Europe/Berlin',
    '/usr/lib/libapi.so',
    '/api/search/1.0/56f70d816baa48bdfe9284ebc883ad41/',
  ])('leaves %s', (text) => {
    expect(classifyRelativePath(text, false)).toBeUndefined();
  });

  it('takes only marked paths from scripts, where a lone word is a route of the interface', () => {
    expect(classifyRelativePath('/profile', true)).toBeUndefined();
    expect(classifyRelativePath('/api/profile', true)).toBeDefined();
  });

  it('knows paths of SDKs', () => {
    expect(classifyRelativePath('/getAccountInfo', false)?.sdk).toBe('Firebase Authentication');
  });
});
