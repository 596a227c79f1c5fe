/**
 * The script for bash. The library's own needs the package bash-completion, and evaluates the typed words once more, so that
 * a `$(…)` on the command line would run while its author still types.
 *
 * Bash ends words at `=` and `:` as well as at blanks; what stands without a blank between is one word for the command.
 * https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html (COMP_WORDBREAKS)
 */
export const bashScript = (name: string): string => `# bash completion for ${name}: source <(${name} completion bash)

_${name}() {
  local rest="\${COMP_LINE:0:COMP_POINT}" words=() word i blank
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blank="\${rest%%[![:space:]]*}"
    rest="\${rest#"$blank"}"
    word="\${COMP_WORDS[i]}"
    ((i == COMP_CWORD)) && word="$rest"
    rest="\${rest#"$word"}"
    if [[ -n "$blank" || \${#words[@]} -eq 0 ]]; then
      words+=("$word")
    else
      words[\${#words[@]} - 1]+="$word"
    fi
  done

  local current="\${words[\${#words[@]} - 1]}" prefix=""
  # What bash replaces is the part behind the last of its word breaks.
  [[ "$current" == -*=* && "$COMP_WORDBREAKS" != *=* ]] && prefix="\${current%%=*}="

  local value description out directive=4
  out="$("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null </dev/null)" || return
  COMPREPLY=()
  while IFS=$'\\t' read -r value description; do
    if [[ "$value" == :[0-9]* ]]; then
      directive="\${value#:}"
    elif [[ -n "$value" ]]; then
      COMPREPLY+=("$prefix$value")
    fi
  done <<<"$out"

  # Neither a value nor the wish that there be no file names: readline completes those; older ones are given them.
  if ((\${#COMPREPLY[@]} == 0 && (directive & 4) == 0)) && ! compopt -o default 2>/dev/null; then
    while IFS= read -r value; do COMPREPLY+=("$prefix$value"); done < <(compgen -f -- "\${current#-*=}")
  fi
}

complete -F _${name} ${name}
`;
