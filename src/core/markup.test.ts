import { expect, it } from 'vitest';
import { breakable, html, prose, trusted } from './markup.ts';

it('makes every value text, in lists and attributes too, unless it is markup already', () => {
  const hostile = '<b title="x">&\'';
  expect(html`<i title="${hostile}">${[hostile, html`<u>${1}</u>`]}</i>${null}${false}`.markup).toBe(
    '<i title="&lt;b title=&quot;x&quot;&gt;&amp;&#39;">&lt;b title=&quot;x&quot;&gt;&amp;&#39;<u>1</u></i>',
  );
  expect(html`<style>${trusted('a > b {}')}</style>`.markup).toBe('<style>a > b {}</style>');
});

it('shows controls and marks of direction as what they are, and keeps line breaks and tabs', () => {
  expect(html`${'a\u202egnp.exe\u001b[31m\u0000\u2066\u0085b'}`.markup).toBe(
    'a\ufffdgnp.exe\ufffd[31m\ufffd\ufffd\ufffdb',
  );
  expect(html`${'a\n\tb'}`.markup).toBe('a\n\tb');
});

it('lets hosts break at their own delimiters, and sets what stands in backticks as code', () => {
  expect(breakable('https://a.example/b').markup).toBe('https://<wbr>a.<wbr>example/<wbr>b');
  expect(prose('set `<x>` off').markup).toBe('set <code>&lt;x&gt;</code> off');
});
