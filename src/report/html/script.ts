/**
 * The page's one script. It only adds comfort – drawer, arrow keys, toggles, copying: everything can be read without it.
 * Text of the report reaches it only through the document's own nodes; it makes no request and builds no markup.
 */
export const SCRIPT = `(() => {
'use strict';
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
root.classList.add('js');

// Light and dark: the system's choice until the button is used.
const theme = byId('theme');
const dark = matchMedia('(prefers-color-scheme: dark)');
const current = () => root.dataset.theme || (dark.matches ? 'dark' : 'light');
const label = () => {
  const other = current() === 'dark' ? 'Light' : 'Dark';
  theme.textContent = other;
  theme.setAttribute('aria-label', other + ' appearance');
};
theme.hidden = false;
theme.addEventListener('click', () => { root.dataset.theme = current() === 'dark' ? 'light' : 'dark'; label(); });
dark.addEventListener('change', label);
label();

// Picture or table.
const pressed = (buttons, chosen) => { for (const button of buttons) button.setAttribute('aria-pressed', String(button === chosen)); };
const views = byId('views');
if (views) {
  const show = (name) => {
    for (const view of ['picture', 'table']) byId('as-' + view).hidden = view !== name;
    pressed(all('button', views), byId('view-' + name));
  };
  views.hidden = false;
  byId('view-picture').addEventListener('click', () => show('picture'));
  byId('view-table').addEventListener('click', () => show('table'));
  // On a phone the table says the same in less room.
  show(matchMedia('(max-width: 40rem)').matches ? 'table' : 'picture');
}

// Tasks of one owner.
const owners = byId('owners');
if (owners) {
  owners.hidden = false;
  for (const button of all('button', owners)) {
    button.addEventListener('click', () => {
      const owner = button.dataset.show;
      pressed(all('button', owners), button);
      for (const part of all('[data-owner]')) part.hidden = owner !== '' && part.dataset.owner !== owner;
    });
  }
}

// The drawer shows a copy of a panel of the evidence.
const drawer = byId('drawer');
const body = byId('drawer-body');
const evidence = byId('all-evidence');
if (evidence) evidence.open = false;
addEventListener('beforeprint', () => { for (const fold of all('details')) fold.open = true; });
const open = (key) => {
  const panel = byId('p-' + key);
  if (!panel) return;
  const copy = panel.cloneNode(true);
  copy.removeAttribute('aria-labelledby');
  for (const part of [copy, ...all('[id]', copy)]) part.removeAttribute('id');
  const title = copy.querySelector('h3');
  title.id = 'drawer-title';
  body.replaceChildren(...copy.childNodes);
  if (!drawer.open) drawer.showModal();
  drawer.scrollTop = 0;
  title.focus();
};
byId('close').addEventListener('click', () => drawer.close());
drawer.addEventListener('click', (event) => {
  if (event.target === drawer) drawer.close();
  const link = event.target.closest('a');
  if (link && !link.dataset.open) drawer.close();
});
document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-open], [data-node]');
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open(link.dataset.open || link.dataset.node);
});

// The picture: one stop for Tab, arrow keys within.
const picture = byId('picture');
if (picture) {
  const nodes = all('.node', picture);
  const edges = all('.edge', picture);
  const words = all('.word', picture);
  const place = (node) => { const box = node.querySelector('.box'); return { x: Number(box.getAttribute('x')), y: Number(box.getAttribute('y')) + Number(box.getAttribute('height')) / 2 }; };
  const at = new Map(nodes.map((node) => [node, place(node)]));
  const byKey = new Map(nodes.map((node) => [node.dataset.node, node]));
  const stop = (chosen) => { for (const node of nodes) node.setAttribute('tabindex', node === chosen ? '0' : '-1'); };
  const nearest = (from, candidates) => candidates.filter(Boolean).sort((a, b) => Math.abs(at.get(a).y - at.get(from).y) - Math.abs(at.get(b).y - at.get(from).y))[0];
  const across = (node, side) => {
    const ends = side > 0 ? ['from', 'to'] : ['to', 'from'];
    const near = edges.filter((edge) => edge.dataset[ends[0]] === node.dataset.node).map((edge) => byKey.get(edge.dataset[ends[1]]));
    return nearest(node, near) || nearest(node, nodes.filter((other) => (at.get(other).x - at.get(node).x) * side > 0 && Number(other.dataset.layer) - Number(node.dataset.layer) === side));
  };
  const along = (node, side) => nodes
    .filter((other) => other.dataset.layer === node.dataset.layer && (at.get(other).y - at.get(node).y) * side > 0)
    .sort((a, b) => (at.get(a).y - at.get(b).y) * side)[0];
  const sorted = [...nodes].sort((a, b) => at.get(a).x - at.get(b).x || at.get(a).y - at.get(b).y);
  for (const node of nodes) { node.setAttribute('role', 'button'); node.setAttribute('aria-haspopup', 'dialog'); }
  stop(sorted[0]);
  picture.addEventListener('focusin', (event) => { const node = event.target.closest('.node'); if (node) { stop(node); light(node); } });
  picture.addEventListener('focusout', () => light(null));
  picture.addEventListener('mouseover', (event) => light(event.target.closest('.node')));
  picture.addEventListener('mouseleave', () => light(null));
  picture.addEventListener('keydown', (event) => {
    const node = event.target.closest('.node');
    if (!node) return;
    const next = {
      ArrowRight: () => across(node, 1), ArrowLeft: () => across(node, -1),
      ArrowDown: () => along(node, 1), ArrowUp: () => along(node, -1),
      Home: () => sorted[0], End: () => sorted[sorted.length - 1],
    }[event.key];
    if (next) { event.preventDefault(); const target = next(); if (target) target.focus(); }
    if (event.key === ' ' || event.key === 'Enter') { event.preventDefault(); open(node.dataset.node); }
  });
  // What lies on the ways through a place stands out.
  const reach = (key, ends) => {
    const found = new Set([key]);
    for (const one of found) for (const edge of edges) if (edge.dataset[ends[0]] === one) found.add(edge.dataset[ends[1]]);
    return found;
  };
  const light = (node) => {
    picture.classList.toggle('lit', Boolean(node));
    if (!node) return;
    const ahead = reach(node.dataset.node, ['from', 'to']);
    const back = reach(node.dataset.node, ['to', 'from']);
    for (const other of nodes) other.classList.toggle('on', ahead.has(other.dataset.node) || back.has(other.dataset.node));
    const keys = new Set();
    for (const edge of edges) {
      const { from, to } = edge.dataset;
      const on = (ahead.has(from) && ahead.has(to)) || (back.has(from) && back.has(to));
      edge.classList.toggle('on', on);
      if (on) keys.add(edge.dataset.edge);
    }
    for (const word of words) word.classList.toggle('on', keys.has(word.dataset.edge));
  };
}

// The rows and places that hold what is typed.
const finder = byId('finder');
if (finder) {
  const rows = [];
  const nodes = [];
  // Read once, when it is first asked for: a large page has some thousand rows.
  const fill = () => {
    for (const row of all('.findable tbody tr')) rows.push([row, row.textContent.toLowerCase()]);
    for (const node of all('.node', picture || finder)) nodes.push([node, byId('p-' + node.dataset.node).textContent.toLowerCase()]);
  };
  const find = () => {
    if (rows.length === 0) fill();
    const term = byId('find').value.trim().toLowerCase();
    let shown = 0;
    for (const [row, text] of rows) { row.hidden = !text.includes(term); if (!row.hidden) shown++; }
    for (const part of all('section:has(> .scroll > .findable)')) part.hidden = all('tbody tr:not([hidden])', part).length === 0;
    for (const [node, text] of nodes) node.classList.toggle('found', text.includes(term));
    if (picture) picture.classList.toggle('sought', term !== '');
    byId('found').textContent = term === '' ? '' : shown === 1 ? '1 row' : shown + ' rows';
  };
  finder.hidden = false;
  byId('find').addEventListener('input', find);
  addEventListener('beforeprint', () => { byId('find').value = ''; find(); });
}

// Copying.
const said = byId('said');
const copied = async (text) => {
  try { await navigator.clipboard.writeText(text); return true; } catch {}
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
};
for (const button of all('.copy')) {
  button.hidden = false;
  const text = button.firstChild;
  const usual = text.data;
  button.addEventListener('click', async () => {
    const done = await copied(button.dataset.copy);
    text.data = done ? 'Copied' : 'Not copied';
    said.textContent = done ? 'Copied to the clipboard.' : 'Copying failed.';
    setTimeout(() => { text.data = usual; said.textContent = ''; }, 2000);
  });
}

if (/^#p-[en][0-9]+$/.test(location.hash)) open(location.hash.slice(3));
})();`;
