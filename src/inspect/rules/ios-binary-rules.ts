/** Rules about what the compiler left out of the executable of an iOS app. */
import type { InspectRule } from './inspect-rule.ts';
import { documents, infoPlist, plistOf, settingHitWhen } from './ios-hit.ts';

const TESTS = 'https://mas.owasp.org/MASTG/tests/ios/MASVS-CODE';
const isFalse = (value: unknown) => value === false;
const isTrue = (value: unknown) => value === true;

/** What an executable says about itself, with the given keys. */
function binary(body: string): string {
  const common =
    '<key>architectures</key><array><string>arm64</string></array><key>signer</key><string></string><key>runPaths</key><array/>';
  return documents({
    'Info.plist': infoPlist(''),
    'Shop!binary.plist': plistOf(`${common}${body}`),
  });
}
const flag = (key: string, on: boolean) => binary(`<key>${key}</key><${on}/><key>imports</key><array/>`);
const importing = (name: string) => binary(`<key>imports</key><array><string>${name}</string></array>`);

const noPie: InspectRule = {
  id: 'inspect/ios-no-pie',
  title: 'The executable is always loaded at the same address',
  severity: 'low',
  owner: 'developer',
  description:
    'The executable is not position-independent (flag `MH_PIE`), at least for one of its architectures: its code and data lie where an attacker expects them, which makes an error in memory handling far easier to exploit.',
  remediation: 'Build for arm64 with a deployment target of iOS 8 or later, and without `-no_pie`.',
  references: [`${TESTS}/MASTG-TEST-0228/`],
  cwe: ['CWE-693'],
  masvs: ['MASVS-CODE-3'],
  examples: { bad: [flag('positionIndependent', false)], good: [flag('positionIndependent', true)] },
  find: (inspection) =>
    settingHitWhen(inspection, 'ios.binary.pie', isFalse, 'true', () => 'The executable is not position-independent.'),
};

const noArc: InspectRule = {
  id: 'inspect/ios-no-arc',
  title: 'The app counts references by hand',
  severity: 'info',
  owner: 'developer',
  description:
    'Nothing in the executable calls the functions that automatic reference counting calls: memory is given back by hand, and what is used afterwards can be filled by an attacker.',
  remediation: 'Set `CLANG_ENABLE_OBJC_ARC = YES`.',
  references: [`${TESTS}/MASTG-TEST-0230/`],
  cwe: ['CWE-416'],
  masvs: ['MASVS-CODE-3'],
  examples: { bad: [flag('referenceCounting', false)], good: [flag('referenceCounting', true)] },
  find: (inspection) =>
    settingHitWhen(
      inspection,
      'ios.binary.arc',
      isFalse,
      'true',
      () => 'The executable does without automatic reference counting.',
    ),
};

const noCanary: InspectRule = {
  id: 'inspect/ios-no-stack-canary',
  title: 'The executable does not watch its stack',
  severity: 'info',
  owner: 'developer',
  description:
    'Nothing in the executable calls `___stack_chk_fail`: an overflow of a buffer on the stack is not noticed. Code that is Swift throughout has no such buffers and needs no such check.',
  remediation: 'Compile C, C++ and Objective-C with `-fstack-protector-strong`, libraries included.',
  references: [`${TESTS}/MASTG-TEST-0229/`],
  cwe: ['CWE-121'],
  masvs: ['MASVS-CODE-3'],
  examples: { bad: [flag('stackCanary', false)], good: [flag('stackCanary', true)] },
  find: (inspection) =>
    settingHitWhen(
      inspection,
      'ios.binary.stackCanary',
      isFalse,
      'true',
      () => 'The executable has no stack canaries.',
    ).map((hit) => ({ ...hit, confidence: 'tentative' })),
};

const stackExecutable: InspectRule = {
  id: 'inspect/ios-executable-stack',
  title: 'The executable asks for a stack that can be run',
  severity: 'medium',
  owner: 'developer',
  description: 'The flag `MH_ALLOW_STACK_EXECUTION` is set: what an attacker writes to the stack can be run as code.',
  remediation: 'Link without `-allow_stack_execute`.',
  references: ['https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h'],
  cwe: ['CWE-693'],
  masvs: ['MASVS-CODE-3'],
  examples: { bad: [flag('stackExecutable', true)], good: [flag('stackExecutable', false)] },
  find: (inspection) =>
    settingHitWhen(
      inspection,
      'ios.binary.stackExecutable',
      isTrue,
      'false',
      () => 'The executable asks for a stack that can be run.',
    ),
};

const uiWebView: InspectRule = {
  id: 'inspect/ios-uiwebview',
  title: 'The app uses UIWebView',
  severity: 'low',
  owner: 'developer',
  description:
    'The executable uses `UIWebView`, which Apple withdrew: its pages run in the app’s own process, JavaScript cannot be switched off, and it gets no more security fixes.',
  remediation: 'Move to `WKWebView`, and switch JavaScript off where a page needs none.',
  references: ['https://developer.apple.com/documentation/uikit/uiwebview'],
  cwe: ['CWE-477'],
  masvs: ['MASVS-PLATFORM-2'],
  examples: {
    bad: [importing('_OBJC_CLASS_$_UIWebView')],
    good: [importing('_OBJC_CLASS_$_WKWebView')],
  },
  find: (inspection) =>
    settingHitWhen(inspection, 'ios.binary.uiWebView', isTrue, 'WKWebView', () => 'The app uses UIWebView.'),
};

export const iosBinaryRules: readonly InspectRule[] = [noPie, noArc, noCanary, stackExecutable, uiWebView];
