package exception

// Parts that tests look at from outside.
var (
	Sniff    = sniff
	FileName = fileName
)
