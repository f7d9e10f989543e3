# Turns "kdtriage --list-facts" into rows of an mdoc list.
function esc(s) { gsub(/\\/, "\\e", s); sub(/^[.']/, "\\\\\\&&", s); return s }
{
	path = $1
	kind = $2
	doc = $0
	sub(/^[^ ]+ +[^ ]+ */, "", doc)
	printf ".It Va %s Pq %s\n%s\n", esc(path), kind, doc == "" ? "\\&" : esc(doc)
}
