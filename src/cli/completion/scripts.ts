export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/**
 * The completion scripts of the shells. They ask the program itself with `extend completion words …`. The first line of
 * its answer says which paths the shell should add; each further line is a word, a tab and its meaning. Nothing that
 * was typed is evaluated.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  // bash treats "=" as a separate word, and candidates are not quoted: blanks in a word are escaped here.
  bash: `# bash completion for extend; in ~/.bashrc: source <(extend completion bash)
_extend() {
  local paths line word words=() current="\${COMP_WORDS[COMP_CWORD]}" i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]//\\\\/}"
    if [[ $word == = || \${COMP_WORDS[i-1]} == = ]] && ((i > 1)); then words[-1]+="$word"; else words+=("$word"); fi
  done
  [[ $current == = ]] && current=
  COMPREPLY=()
  {
    read -r paths
    while IFS=$'\\t' read -r word line; do
      printf -v word %q "$word"
      COMPREPLY+=("$word")
    done
  } < <(extend completion words -- "\${words[@]}" 2>/dev/null)
  [[ $paths == none ]] && return
  compopt -o filenames 2>/dev/null
  local kind=-f
  [[ $paths == folders ]] && kind=-d
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$kind" -- "$current")
}
complete -F _extend extend
`,
  zsh: `#compdef extend
# zsh completion for extend; in ~/.zshrc, behind compinit: source <(extend completion zsh)
_extend() {
  local paths word meaning
  local -a given lines candidates
  given=("\${(@Q)words[2,CURRENT]}")
  lines=("\${(@f)$(extend completion words -- "\${given[@]}" 2>/dev/null)}")
  paths=$lines[1]
  for word in "\${(@)lines[2,-1]}"; do
    meaning=\${word#*$'\\t'}
    word=\${word%%$'\\t'*}
    [[ -n $word ]] && candidates+=("\${word//:/\\\\:}\${meaning:+:$meaning}")
  done
  compset -P '--*='
  (( $#candidates )) && _describe extend candidates
  case $paths in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
compdef _extend extend
`,
  fish: `# fish completion for extend; in ~/.config/fish/config.fish: extend completion fish | source
function __extend_candidates
  set -l current (commandline -ct)
  set -l given (commandline -opc)
  set -l lines (extend completion words -- $given[2..-1] "$current" 2>/dev/null)
  set -l start (string match -r -- '^--[^=]*=' "$current")
  for line in $lines[2..-1]
    printf '%s%s\\n' "$start" $line
  end
  set -l path (string replace -r -- '^--[^=]*=' '' "$current")
  switch "$lines[1]"
    case files
      for line in (__fish_complete_path "$path")
        printf '%s%s\\n' "$start" $line
      end
    case folders
      for line in (__fish_complete_directories "$path" '')
        printf '%s%s\\n' "$start" $line
      end
  end
end
complete -c extend -f -a '(__extend_candidates)'
`,
}
