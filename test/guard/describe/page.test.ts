import { describe, expect, it } from 'vitest';
import { describeApi, PAGE_POLICY, renderPage } from '../../../src/guard/describe/index.ts';
import { fieldOf, orders, resourceOf, shop } from './resources.ts';

const page = renderPage(describeApi(shop(), 'v1'));

/** Text as it stands between tags. */
function text(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the reference page', () => {
  it('asks for nothing: no script, no address of elsewhere in what a browser loads, one style sheet by its hash', () => {
    expect(page).not.toMatch(/<(?:script|iframe|object|embed|img|form|base)\b/i);
    expect(page).not.toMatch(/\s(?:on\w+|style)=/i);
    expect(
      [...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, to]) => to).filter((to) => !to?.startsWith('#')),
    ).toEqual([]);
    expect(page).not.toMatch(/url\(|@import/);
    expect(PAGE_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/);
    expect(page).toContain(`content="${PAGE_POLICY.replaceAll("'", '&#39;')}"`);
  });

  it('leads from its contents to every operation and every schema, and no link leads nowhere', () => {
    const ids = new Set([...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, to]) => to);
    expect(links.filter((to) => !ids.has(to))).toEqual([]);
    expect(ids.size).toBe([...page.matchAll(/\bid="/g)].length);
    for (const id of [
      'listOrders',
      'updateOrdersItem',
      'countShopProducts',
      'schema-OrdersCreate',
      'schema-Problem',
      'errors',
    ]) {
      expect(links).toContain(id);
    }
  });

  it('names what every label refers to', () => {
    const ids = new Set([...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id));
    const labels = [...page.matchAll(/aria-labelledby="([^"]*)"/g)].flatMap(([, names]) => names?.split(' ') ?? []);
    expect(labels.length).toBeGreaterThan(20);
    expect(labels.filter((label) => !ids.has(label))).toEqual([]);
  });

  it('says of parameters, bodies, answers and errors what the description says', () => {
    const words = text(page);
    expect(words).toContain('/v1/orders/{id}');
    expect(words).toContain('placed[gte]');
    expect(words).toContain('one of open, paid, sent');
    expect(words).toContain('The data of this person was erased.');
    expect(words).toContain('the path is malformed');
    expect(words).toContain('1 to 100; 20 unless said');
    expect(words).toContain('address.street');
    expect(words).not.toMatch(/undefined|\[object/);
  });

  it('has an example for each operation that a shell reads as one command', () => {
    const examples = [...page.matchAll(/<pre[^>]*><code>(.*?)<\/code>/gs)].map(([, code]) => code ?? '');
    expect(examples).toHaveLength(9);
    expect(examples[0]).toContain('curl &#39;https://api.example.org/v1/orders?status=open&#39;');
    expect(examples.join('\n')).toContain('-X PATCH');
    expect(examples.join('\n')).toContain('If-Match: &quot;c3ludGhldGljLWV0YWc&quot;');
  });

  it('keeps hostile text of a policy text, and shows what turns text around as what it is', () => {
    const hostile = '</style><script>alert(1)</script><img src=x onerror=alert(2)>"\' \u202egnp.exe\u001b[31m `<b>`';
    const one = resourceOf(
      'orders',
      [
        fieldOf('status', 'keyword', {
          description: hostile,
          filters: ['eq'],
          write: ['create'],
          limits: { oneOf: [hostile] },
        }),
      ],
      {
        title: hostile,
        description: hostile,
      },
    );
    const document = describeApi({ ...shop([one]), title: hostile, description: hostile }, 'v1');
    const dirty = renderPage(document);
    expect(dirty).not.toMatch(/<script|<img|<b>/);
    expect(dirty).not.toMatch(/[\u202e\u001b]/);
    expect(dirty.match(/<\/style>/g)).toHaveLength(1);
  });

  it('is the same for the same description, and stands for one without resources', () => {
    expect(renderPage(describeApi(shop(), 'v1'))).toBe(page);
    expect(text(renderPage(describeApi(shop([]), 'v1')))).toContain('Shop');
    expect(text(renderPage(describeApi(shop([{ ...orders(), operations: new Set(['delete']) }]), 'v1')))).toContain(
      'Delete one of',
    );
  });
});
