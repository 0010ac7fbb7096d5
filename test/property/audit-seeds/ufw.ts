import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'ufw',
    text: `*filter
:ufw-user-input - [0:0]
:ufw-user-limit - [0:0]
:ufw-user-limit-accept - [0:0]
### RULES ###

### tuple ### limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in
-A ufw-user-input -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set
-A ufw-user-input -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 30 --hitcount 6 -j ufw-user-limit
-A ufw-user-input -p tcp --dport 22 -j ufw-user-limit-accept

### tuple ### allow tcp 27017 0.0.0.0/0 any 0.0.0.0/0 in
-A ufw-user-input -p tcp --dport 27017 -j ACCEPT

### END RULES ###
-A ufw-user-limit -j REJECT
-A ufw-user-limit-accept -j ACCEPT
COMMIT
`,
    pointed: [['audit/ufw-store-port-open', '-A ufw-user-input -p tcp --dport 27017 -j ACCEPT']],
  },
  {
    format: 'ufw',
    text: 'IPV6=yes\nDEFAULT_INPUT_POLICY="ACCEPT"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\nDEFAULT_FORWARD_POLICY=\'ACCEPT\'\nENABLED=no\nLOGLEVEL=off\n',
    pointed: [
      ['audit/ufw-allows-by-default', 'ACCEPT'],
      ['audit/ufw-forward-accepts', 'ACCEPT'],
      ['audit/ufw-disabled', 'no'],
      ['audit/ufw-logging-off', 'off'],
    ],
  },
  {
    format: 'ufw',
    text: 'Status: active\nLogging: off\nDefault: allow (incoming), allow (outgoing), allow (routed)\nNew profiles: skip\n\nTo                         Action      From\n--                         ------      ----\n9000:9400/tcp              ALLOW IN    Anywhere                   # shop\n9200/tcp                   DENY IN     Anywhere\n5432 (v6)                  ALLOW IN    Anywhere (v6)\n',
    pointed: [
      ['audit/ufw-logging-off', 'off'],
      ['audit/ufw-allows-by-default', 'allow'],
      ['audit/ufw-forward-accepts', 'allow'],
      ['audit/ufw-store-port-open', '9000:9400/tcp              ALLOW IN    Anywhere                   # shop'],
      ['audit/ufw-refusal-never-reached', '9200/tcp                   DENY IN     Anywhere'],
      ['audit/ufw-store-port-open', '5432 (v6)                  ALLOW IN    Anywhere (v6)'],
    ],
  },
];
