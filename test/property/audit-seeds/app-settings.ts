import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'app-settings',
    text: '# back end\nAPP_ENV=production\nDB_CONNECTION=mysql\nDB_HOST=db.example.com\nDB_USERNAME=root\nexport DB_PASSWORD="correct-horse-example-1" # note\nDATABASE_URL=postgresql://app:postgres@db.example.com/shop?sslmode=disable\nREDIS_URL=redis://cache.example.com:6379\nNEXT_PUBLIC_DB_PASSWORD=correct-horse-example-2\nAPP_DEBUG=true\n',
    pointed: [
      ['audit/settings-superuser-account', 'root'],
      ['audit/settings-secret-committed', 'correct-horse-example-1'],
      ['audit/settings-well-known-password', 'postgres'],
      ['audit/settings-store-without-tls', 'disable'],
      ['audit/settings-store-without-password', 'redis://cache.example.com:6379'],
      ['audit/settings-secret-in-public-name', 'correct-horse-example-2'],
      ['audit/settings-debug-on', 'true'],
    ],
  },
  {
    format: 'app-settings',
    text: "import os\n\nDEBUG = True  # for now\nSECRET_KEY = os.environ.get('SECRET_KEY', 'django-insecure-correct-horse-example-1')\nDATABASES = {\n    'default': {\n        'ENGINE': 'django.db.backends.postgresql',\n        'NAME': os.path.join(BASE, 'x'),\n        'HOST': \"db.example.com\",\n        'USER': 'postgres',\n        'PASSWORD': 'correct-horse-example-2',\n    },\n}\n",
    pointed: [
      ['audit/settings-debug-on', 'True'],
      ['audit/settings-signing-key-committed', 'django-insecure-correct-horse-example-1'],
      ['audit/settings-superuser-account', 'postgres'],
      ['audit/settings-secret-committed', 'correct-horse-example-2'],
    ],
  },
  {
    format: 'app-settings',
    text: 'spring:\n  datasource:\n    url: "jdbc:mysql://db.example.com:3306/shop?useSSL=false&x=1"\n    username: root\n    password: ${DB_PASSWORD:correct-horse-example-1}\nmanagement:\n  endpoints:\n    web:\n      exposure:\n        include: "*"\n',
    pointed: [
      ['audit/settings-store-without-tls', 'false'],
      ['audit/settings-superuser-account', 'root'],
      ['audit/settings-secret-committed', 'correct-horse-example-1'],
      ['audit/settings-actuator-exposed', '*'],
    ],
  },
  {
    format: 'app-settings',
    text: 'management.endpoints.web.exposure.include = *\nspring.datasource.password: correct-horse-example-1\nspring.h2.console.enabled=true\nspring.h2.console.settings.web-allow-others=true\n',
    pointed: [
      ['audit/settings-actuator-exposed', '*'],
      ['audit/settings-secret-committed', 'correct-horse-example-1'],
      ['audit/settings-database-console-open', 'true'],
    ],
  },
  {
    format: 'app-settings',
    text: '{\n  "ConnectionStrings": {\n    "Default": "Server=db.example.com;Database=shop;User Id=sa;Password=correct-horse-example-1;Encrypt=False"\n  }\n}\n',
    pointed: [
      ['audit/settings-secret-committed', 'correct-horse-example-1'],
      ['audit/settings-superuser-account', 'sa'],
      ['audit/settings-store-without-tls', 'False'],
    ],
  },
];
