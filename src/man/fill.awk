# fill.awk -v rows=FILE -v datadir=DIR TEMPLATE: puts the rows at @OPTIONS@ or @FACTS@.
/^@[A-Z]+@$/ {
	while ((getline line < rows) > 0)
		print line
	next
}
{ gsub(/@DATADIR@/, datadir); print }
