import type { Command } from 'commander';
import { PosternError } from '../core/errors.ts';
import type { Io } from './io.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function completion(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('completion')
    .description('print a completion script for your shell')
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(
      'after',
      `
Examples:
  $ postern completion bash >> ~/.bashrc
  $ postern completion zsh > "\${fpath[1]}/_postern"
  $ postern completion fish > ~/.config/fish/completions/postern.fish`,
    )
    .action((shell: string) => {
      const words = vocabulary(program);
      if (shell === 'bash') io.stdout.write(bash(words));
      else if (shell === 'zsh') io.stdout.write(zsh(words));
      else if (shell === 'fish') io.stdout.write(fish(words));
      else
        throw new PosternError('E_USAGE', `no completion for "${shell}"`, { hint: `Use one of ${SHELLS.join(', ')}.` });
      exit(0);
    });
}

interface VerbWords {
  name: string;
  description: string;
  options: { flag: string; description: string }[];
}

function vocabulary(program: Command): VerbWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [
      ...command.options.map((option) => ({ flag: option.long ?? option.flags, description: option.description })),
      { flag: '--help', description: 'show help' },
    ],
  }));
}

function bash(verbs: readonly VerbWords[]): string {
  const cases = verbs.map((v) => `    ${v.name}) words="${v.options.map((o) => o.flag).join(' ')}" ;;`).join('\n');
  return `# bash completion for postern
_postern() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${verbs.map((v) => v.name).join(' ')} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${cases}
    esac
  fi
  if [[ "$current" == -* || "$COMP_CWORD" -eq 1 ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _postern postern
`;
}

function zsh(verbs: readonly VerbWords[]): string {
  const quote = (text: string) => text.replace(/'/g, "'\\''").replace(/[[\]:]/g, '\\$&');
  const list = verbs.map((v) => `    '${v.name}:${quote(v.description)}'`).join('\n');
  const cases = verbs
    .map(
      (v) =>
        `    ${v.name}) _arguments ${v.options.map((o) => `'${o.flag}[${quote(o.description)}]'`).join(' ')} '*:file:_files' ;;`,
    )
    .join('\n');
  return `#compdef postern
_postern() {
  local -a verbs
  verbs=(
${list}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' verbs
    return
  fi
  local verb="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$verb" in
${cases}
  esac
}
_postern "$@"
`;
}

function fish(verbs: readonly VerbWords[]): string {
  const quote = (text: string) => text.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
  const lines = ['# fish completion for postern'];
  for (const verb of verbs) {
    lines.push(`complete -c postern -n __fish_use_subcommand -a ${verb.name} -d '${quote(verb.description)}'`);
    for (const option of verb.options) {
      lines.push(
        `complete -c postern -n '__fish_seen_subcommand_from ${verb.name}' -l ${option.flag.replace(/^--/, '')} -d '${quote(option.description)}'`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
