/** Every setting of a configuration, for rules of the user: pointers as Terraform writes them. */
import type { SettingView } from '../../model.ts';
import type { Source } from '../../source.ts';
import type { Configuration } from './configuration.ts';
import { evaluate, type Scope } from './evaluate.ts';
import type { Instance } from './instance.ts';
import type { Body } from './syntax.ts';
import { textOf, type Value } from './values.ts';

const DEEPEST = 20;
const MOST = 200_000;

/** Pointers: `aws_db_instance.main.storage_encrypted`, `aws_security_group.db.ingress[0].cidr_blocks`, `var.x.default`. */
export function* settingsOf(configuration: Configuration, own: Source): Generator<SettingView> {
  const seen = new Map<string, number>();
  let count = 0;
  for (const setting of walkInstance(configuration.root, own)) {
    if (++count > MOST) return;
    const times = (seen.get(setting.pointer) ?? 0) + 1;
    seen.set(setting.pointer, times);
    yield times === 1 ? setting : { ...setting, pointer: `${setting.pointer} #${times}` };
  }
}

function* walkInstance(root: Instance, own: Source): Generator<SettingView> {
  const open = [root];
  for (const instance of open) {
    for (const { source, parsed } of instance.folder.files) {
      const scope = instance.scope(source);
      for (const { name, value } of parsed.body.settings.values()) yield* flat(name, evaluate(value, scope), own, 0);
      for (const block of parsed.body.blocks) {
        const labels = block.labels.map(({ text }) => text);
        const kind =
          { resource: '', data: 'data.', variable: 'var.', module: 'module.' }[block.type] ?? `${block.type}.`;
        const name = `${instance.ofPrefix}${kind}${labels.join('.')}`.replace(/\.$/, '');
        yield* settingsOfBody(block.body, `${name}.`, scope, own);
      }
    }
    for (const call of instance.calls()) {
      if (call.instance !== null && !open.some(({ ofPrefix }) => ofPrefix === call.instance?.ofPrefix))
        open.push(call.instance);
    }
  }
}

function* settingsOfBody(body: Body, prefix: string, scope: Scope, own: Source): Generator<SettingView> {
  for (const { name, value } of body.settings.values()) yield* flat(`${prefix}${name}`, evaluate(value, scope), own, 0);
  const counts = new Map<string, number>();
  for (const block of body.blocks) {
    const index = counts.get(block.type) ?? 0;
    counts.set(block.type, index + 1);
    const labels = block.labels.map(({ text }) => `.${text}`).join('');
    yield* settingsOfBody(block.body, `${prefix}${block.type}${labels}[${index}].`, scope, own);
  }
}

function* flat(pointer: string, value: Value, own: Source, depth: number): Generator<SettingView> {
  if (depth > DEEPEST || value.kind === 'unknown') return;
  if (value.kind === 'map') {
    for (const [key, item] of value.entries) yield* flat(`${pointer}.${key}`, item, own, depth + 1);
  } else if (value.kind === 'list' && !value.items.every((item) => standsIn(item, value))) {
    for (const [index, item] of value.items.entries()) yield* flat(`${pointer}[${index}]`, item, own, depth + 1);
  } else if (value.kind === 'list' || standsIn(value, value)) {
    const values = value.kind === 'list' ? value.items.map(textOf) : [textOf(value)];
    const { source, span } = value.at;
    const view = { pointer, values: values.filter((text) => text !== null), span };
    yield source === own ? view : { ...view, source };
  }
}

/** What is worked out (`max(7, 14)`) stands nowhere, so there is no place to show for it. */
function standsIn(item: Value, { at }: Value): boolean {
  const text = textOf(item);
  return text !== null && at.source.text.slice(at.span.start, at.span.end).includes(text);
}
