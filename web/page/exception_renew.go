package page

import "interlock/web/ui"

// ExceptionRenew is GET /exceptions/renew?renew=7&renew=9: several renewals, each
// with its own new score. It posts renew, residual_7_likelihood and so on, ends_at_7.
type ExceptionRenew struct {
	Shell   ui.Shell
	Longest string
	Error   string
	All     []Rescore
}

// Rescore is one of them.
type Rescore struct {
	Row    ExceptionRow
	ID     string
	Prefix string
	Score  ScoreFields
	EndsAt string
	Error  string
}
