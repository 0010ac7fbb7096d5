import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'firebase-rtdb',
    text: '{\n  // database.rules.json\n  "rules": {\n    ".read": "auth != null", /* all */\n    "users": {\n      ".indexOn": ["name", "age"],\n      "$uid": {\n        ".read": "auth.uid === $uid",\n        ".write": "auth !== null && auth.uid == $uid && newData.child(\'a/b\').isString() && newData.val().matches(/^[a-z\\\\/]+$/i)",\n        ".validate": "newData.hasChildren([\'name\'])"\n      }\n    },\n    "open": { ".write": true },\n    "old": { ".write": "now < 32472144000000" }\n  }\n}\n',
    pointed: [
      ['audit/rtdb-open-to-any-account', '"auth != null"'],
      ['audit/rtdb-narrower-rule-has-no-effect', '"auth.uid === $uid"'],
      ['audit/rtdb-writable-by-everyone', 'true'],
      ['audit/rtdb-write-not-checked', 'true'],
      ['audit/rtdb-test-mode', '"now < 32472144000000"'],
      ['audit/rtdb-write-not-checked', '"now < 32472144000000"'],
    ],
  },
];
