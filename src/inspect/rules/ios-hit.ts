/** Hits of rules about settings of iOS apps, whose bad value is not always `true`. */
import type { InspectSetting } from '../../core/contract/inspect.ts';
import { settingHit } from './evidence.ts';
import type { Inspection, RuleHit } from './inspect-rule.ts';

/** A hit when the setting was read and is false, or has the value that `isBad` knows. */
export function settingHitWhen(
  inspection: Inspection,
  id: string,
  isBad: (value: InspectSetting['value']) => boolean,
  expected: string,
  message: (setting: InspectSetting) => string,
): RuleHit[] {
  const setting = inspection.settings.find((one) => one.id === id);
  if (setting === undefined || !isBad(setting.value)) return [];
  // `settingHit` says of a list what is in it
  const shown: InspectSetting = Array.isArray(setting.value) ? setting : { ...setting, value: [String(setting.value)] };
  return settingHit({ ...inspection, settings: [shown] }, id, expected, () => message(setting));
}

export function listed({ value }: InspectSetting): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

export function settingValue(inspection: Inspection, id: string): InspectSetting['value'] | undefined {
  return inspection.settings.find((one) => one.id === id)?.value;
}

/** Documents of a package as examples: each after a comment with its name in the app's folder. */
export function documents(all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .map(([name, body]) => `<!-- ${name} -->${body}`)
    .join('\n');
}

export function plistOf(body: string): string {
  return `<plist version="1.0"><dict>${body}</dict></plist>`;
}

/** An Info.plist of an app of our own making. */
export function infoPlist(body: string): string {
  return plistOf(
    `<key>CFBundleIdentifier</key><string>com.bluemarket.shop</string><key>CFBundleExecutable</key><string>Shop</string>${body}`,
  );
}
