import type { RuleSet } from '../../model.ts';
import { cascadeRules } from './cascade.ts';
import { openRules } from './open.ts';

export const rtdbRules: RuleSet<'firebase-rtdb'> = {
  rules: [...openRules, ...cascadeRules],
  guidance: {
    fixes: {
      managed:
        'Change the rules file, try it in the emulator (`firebase emulators:start --only database`) with the calls that the app makes, then `firebase deploy --only database`. Rules of several instances are files of their own in `firebase.json`.',
    },
    check:
      'Without signing in, `curl https://PROJECT-default-rtdb.firebaseio.com/PATH.json?shallow=true` answers 401 "Permission denied".',
  },
};
