import { it } from 'vitest';
import { createApiWorld, othersOf, wrongWith } from './harness/api-fixture.ts';
it('x', async () => {
  const w = await createApiWorld(1, 'ada');
  console.log(w.loot.ada.orders, w.loot.bob.parcels);
  for (const r of ['orders','letters','parcels']) for (const sent of [
   { target: `/v1/${r}` }, { target: `/v1/${r}?phone=%2B49305550101`}, { target: `/v1/${r}?recipientName=PLAIN%20name%20ada%201`}, { target: `/v1/${r}/count?status=open` }, { target: `/v1/${r}?size=1&sort=-total` },
   { target: `/v1/${r}/${w.loot.ada[r as 'orders'].ids[0]}`, method:'PATCH', body: {title:'x', note:'PLAIN x', address:{zip:'00000'}}, headers: [['If-Match', w.loot.ada[r as 'orders'].tags[0]!],['Content-Type','application/merge-patch+json']] as any },
   { target: `/v1/${r}/${w.loot.ada[r as 'orders'].ids[1]}`, method:'DELETE' },
   { target: `/v1/${r}/${w.loot.bob[r as 'orders'].ids[1]}`, method:'DELETE' },
   { target: `/v1/${r}?status[$ne]=x` },
  ]) {
    const before = await othersOf(w.bench, 'ada');
    const t = await w.bench.send(sent);
    console.log(sent.method ?? 'GET', sent.target, t.answer.status, t.text.slice(0, 700), t.entry.code, t.entry.detail, await wrongWith(w.bench, sent, t, before));
  }
});
