/** What the compiler and linker put into the app's executable, or left out, and which parts of the system it uses. */
import type { InspectSetting } from '../../../core/contract/inspect.ts';
import { type IosPackage, settingsOf } from './package.ts';
import { sorted } from './plist-values.ts';

export function binarySettings({ binary, executable }: IosPackage): InspectSetting[] {
  if (binary === undefined) return [];
  const { settings, declared } = settingsOf(executable, 'macho');
  declared('binary.architectures', '', sorted(binary.architectures));
  declared('binary.pie', 'MH_PIE', binary.positionIndependent);
  declared('binary.stackExecutable', 'MH_ALLOW_STACK_EXECUTION', binary.stackExecutable);
  declared('binary.stackCanary', '___stack_chk_fail', binary.stackCanary);
  declared('binary.arc', '_objc_release', binary.referenceCounting);
  declared('binary.localSymbols', 'LC_SYMTAB', binary.localSymbols);
  declared('binary.encrypted', 'LC_ENCRYPTION_INFO', binary.encrypted);
  declared('binary.runPaths', 'LC_RPATH', sorted(binary.runPaths));
  if (binary.signer !== '') declared('binary.signer', 'LC_CODE_SIGNATURE', binary.signer);
  declared('binary.pasteboard', 'UIPasteboard', binary.imports.includes('_OBJC_CLASS_$_UIPasteboard'));
  declared('binary.uiWebView', 'UIWebView', binary.imports.includes('_OBJC_CLASS_$_UIWebView'));
  return settings;
}
