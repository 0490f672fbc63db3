package web

// What tests outside of the package look into.
var (
	Local    = local
	LookOf   = lookOf
	CursorOf = cursorOf
)
