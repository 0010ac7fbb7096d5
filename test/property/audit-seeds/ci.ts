import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'ci',
    text: 'name: deploy\non:\n  pull_request_target:\n    types: [opened]\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    services:\n      db:\n        image: postgres:16\n        env:\n          POSTGRES_PASSWORD: postgres\n    env:\n      REGISTRY_PASSWORD: "correct-horse-example-1" # later\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: docker login -u ci -p correct-horse-example-2 registry.example.com\n      - run: |\n          make\n          echo "${{ secrets.TOKEN }}"\n',
    pointed: [
      ['audit/ci-secret-in-the-open', 'correct-horse-example-1'],
      ['audit/ci-runs-strangers-code-with-secrets', '${{ github.event.pull_request.head.sha }}'],
      ['audit/ci-login-on-command-line', 'correct-horse-example-2'],
      ['audit/ci-secret-printed', '${{ secrets.TOKEN }}'],
    ],
  },
];
