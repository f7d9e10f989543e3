# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of kdtriage. Options, rules and formats are asked of the program that is there.

_kdtriage_values() { # option
    case $1 in
    --format | -f) echo "text markdown json html junit tap github" ;;
    --redact) echo "none share public" ;;
    --profile) echo "full kdump" ;;
    --color | --progress) echo "auto always never" ;;
    --mini-for) echo "peers" ;;
    --timeout) echo "30s 5min 1h" ;;
    --max-memory) echo "48M 512M 2G" ;;
    --fail-on) echo "critical high medium low info bug hardware deliberate policy external" \
        "resource configuration unknown none" ;;
    --explain) "$2" --list-rules 2>/dev/null | awk '$1 ~ /^[a-z0-9-]+$/ { print $1 }' ;;
    *) return 1 ;;
    esac
}

_kdtriage() {
    local program=$1 word=$2 option=$3 values
    COMPREPLY=()
    # Readline splits words at '=': "--format", "=", "js".
    if [ "$word" = "=" ]; then
        option=${COMP_WORDS[COMP_CWORD - 1]}
        word=
    elif [ "$option" = "=" ]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if values=$(_kdtriage_values "$option" "$program"); then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
        return
    fi
    case $option in
    --scan | --debug-dir | --source-dir)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        values=$("$program" --help 2>/dev/null |
            sed -n 's/^ *\(-[A-Za-z], \)\{0,1\}\(--[a-z-]*=\{0,1\}\).*/\2/p')
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
        return
    fi
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
}
complete -F _kdtriage kdtriage
