package page

import "interlock/web/ui"

// Account is GET /account: what a person sees of their own account, and the form
// that changes its password. It posts old, password and again to /account.
type Account struct {
	Shell     ui.Shell
	Email     string
	Roles     []string // "Plant engineer at Gent"
	SignedIn  string   // "today 14:06"; "" when not known
	Changed   string   // when the password was set; "" when not known
	MinLength int

	OldError, PasswordError, AgainError string // each at its field
	Error                               string // at none of them
}
