# Turns the options of "kdtriage --help" into rows of an mdoc list.
function esc(s) { gsub(/\\/, "\\e", s); sub(/^[.']/, "\\\\\\&&", s); return s }
/^ +(-[A-Za-z], )?--/ {
	letter = ""
	if (match($0, /-[A-Za-z], /))
		letter = substr($0, RSTART + 1, 1)
	name = $0
	sub(/^ *(-[A-Za-z], )?--/, "", name)
	help = name
	sub(/ .*/, "", name)
	sub(/^[^ ]+ */, "", help)
	arg = ""
	if ((at = index(name, "=")) != 0) {
		arg = substr(name, at + 1)
		name = substr(name, 1, at - 1)
	}
	if (letter != "")
		printf ".It Fl %s%s , Fl -%s%s\n", letter, arg == "" ? "" : " Ar " esc(arg), name, arg == "" ? "" : " Ns = Ns Ar " esc(arg)
	else
		printf ".It Fl -%s%s\n", name, arg == "" ? "" : " Ns = Ns Ar " esc(arg)
	if (help != "")
		print esc(help)
	open = 1
	next
}
# The rest of a help text that is longer than a line.
open && /^ +[^ -]/ { sub(/^ +/, ""); print esc($0); next }
{ open = 0 }
