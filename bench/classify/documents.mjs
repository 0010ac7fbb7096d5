/** Files for the throughput rounds: user records with an address, orders and a note, as JSON Lines and as CSV. */
import { writeFileSync } from 'node:fs';
import { generators } from './values.mjs';

export function writeDocuments(jsonl, csv, megabytes) {
  const make = generators('DE', 5);
  const records = [];
  for (let at = 0; at < 4_000; at++) {
    records.push({
      id: make.uuid(),
      user_id: make.int(),
      first_name: make.given(),
      last_name: make.family(),
      email: make.email(),
      phone: make.e164(),
      birth_date: make.dob(),
      active: make.bool(),
      address: {
        street: make.street(),
        zip: make.zip(),
        city: make.city(),
        country: 'DE',
        location: { lat: Number(make.lat()), lon: Number(make.lng()) },
      },
      payment: { iban: make.iban(), card_number: make.card(), holder: make.person() },
      orders: [0, 1].map(() => ({
        order_id: make.bigid(),
        sku: make.sku(),
        quantity: make.small(),
        price: Number(make.price()),
        placed_at: make.stamp(),
      })),
      device: { ip: make.ip(), user_agent: make.agent(), model: make.model() },
      note: `${make.prose()}, ${make.prose()}`,
      tags: [make.slug(), make.enum()],
    });
  }
  const lines = records.map((record) => JSON.stringify(record));
  const flat = (record) => [
    record.id,
    record.user_id,
    record.first_name,
    record.last_name,
    record.email,
    record.phone,
    record.birth_date,
    record.active,
    record.address.street,
    record.address.zip,
    record.address.city,
    record.payment.iban,
    record.payment.card_number,
    record.orders[0].order_id,
    record.orders[0].price,
    record.orders[0].placed_at,
    record.device.ip,
    record.device.user_agent,
    record.note,
  ];
  const quote = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  const rows = records.map((record) => flat(record).map(quote).join(','));
  const head =
    'id,user_id,first_name,last_name,email,phone,birth_date,active,street,zip,city,iban,card_number,order_id,price,placed_at,ip,user_agent,note';
  writeFileSync(jsonl, repeated(lines, megabytes));
  writeFileSync(csv, `${head}\n${repeated(rows, megabytes)}`);
  return { records };
}

function repeated(lines, megabytes) {
  const block = `${lines.join('\n')}\n`;
  return block.repeat(Math.max(1, Math.round((megabytes * 1e6) / block.length)));
}
