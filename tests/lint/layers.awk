# SPDX-License-Identifier: GPL-2.0-or-later
# A folder of src/ may include itself and the folders named after it here, so the
# folders form layers: nothing includes upwards.
BEGIN {
	may["base"]    = ""
	may["host"]    = "base"
	may["model"]   = "base"
	may["facts"]   = "base model"
	may["arch"]    = "base model"
	may["dump"]    = "base model facts arch"
	may["symbols"] = "base model facts arch dump"
	may["kernel"]  = "base model facts arch dump symbols"
	may["oops"]    = "base model facts arch"
	may["fault"]   = "base model facts arch dump symbols kernel"
	may["verdict"] = "base model facts"
	may["report"]  = "base model facts verdict"
}
match($0, /^#include "[a-z]+\//) {
	split(FILENAME, path, "/")
	from = path[2]
	if (from ~ /\.[ch]$/)
		next            # main, options, pipeline ... see everything
	to = substr($0, 11, RLENGTH - 11)
	if (to != from && index(" " may[from] " ", " " to " ") == 0) {
		printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from, to
		bad = 1
	}
}
END { exit bad }
