package web

// What tests outside of the package look into.
var (
	Local    = local
	Client   = clientAddress
	LookOf   = lookOf
	CursorOf = cursorOf
)
