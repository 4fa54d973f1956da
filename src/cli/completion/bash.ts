// The completion script for bash 3.2 and newer.
import type { CompletionModel } from './model.ts';

/** Words of commands and options contain no characters that a shell would expand. */
const listOf = (items: readonly string[]) => items.join(' ');

/** @returns a script to be sourced, or to be put into bash-completion's folder under the name `tessera` */
export function bashScript({ steps, options }: CompletionModel): string {
  // The words so far are read as far as they name a command or a group. Values and arguments end them.
  const known = steps.filter(({ words }) => words !== '').map(({ words }) => `'${words}'`);
  const words = steps.map((step) => `    '${step.words}') words='${listOf(step.next.map(({ word }) => word))}' ;;`);
  const files = options.filter(({ values }) => values === 'file').map(({ flag }) => flag);
  const chosen = options.flatMap(({ flag, values }) => (Array.isArray(values) ? [{ flag, values }] : []));
  const free = options.filter(({ values }) => values === null).map(({ flag }) => flag);
  return `# Completion of tessera for bash. Generated; try it with: eval "$(tessera completion bash)"
_tessera() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command='' candidate word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    candidate="\${command:+$command }$word"
    case "$candidate" in
    ${known.join('|')}) command="$candidate" ;;
    *) break ;;
    esac
  done
  case "$prev" in
    ${files.join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
${chosen.map(({ flag, values }) => `    ${flag}) COMPREPLY=($(compgen -W '${listOf(values)}' -- "$cur")); return ;;`).join('\n')}
    ${free.join('|')}) return ;;
  esac
  case "$command" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _tessera tessera
`;
}
