# SPDX-License-Identifier: BSD-2-Clause
# Completion of lintel's subcommands, options and files, for bash.

_lintel()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words
	compopt +o nospace 2>/dev/null
	# Readline takes "--option=value" for three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [[ $COMP_CWORD -eq 1 ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_lintel_words --help) --help --version" -- "$cur")
		return
	fi
	if [[ $prev == --json ]]; then
		mapfile -t COMPREPLY < <(compgen -W "pretty short off" -- "$cur")
		return
	fi
	if [[ $cur == -* ]]; then
		words=$(_lintel_words "${COMP_WORDS[1]}" --help)
		mapfile -t COMPREPLY < <(compgen -W "$words --help" -- "$cur")
		[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
		return
	fi
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

# Subcommands and options come from the program's own help, so that they always agree with it.
_lintel_words()
{
	"${COMP_WORDS[0]}" "$@" 2>/dev/null |
		grep -oE -- '^  [a-z]+  |--[a-z][a-z0-9-]*=?' | sed 's/^ *//; s/ *$//' | sort -u
}

complete -F _lintel lintel
