package page

import "interlock/web/ui"

// Login is GET /login, and the same page again when POST /login is refused.
// The form posts email, password and next.
type Login struct {
	Org     string // the customer's name; "" leaves it out
	Email   string // as typed, or from ?email=
	Next    string // where to go after, carried in the form
	Message string // good news: "You are signed out." or "Your password is set."
	Error   string // why the sign-in was refused
	Locked  string // too many tries: until when, and what else to do; closes the form
	Demo    *Demo
}

// Demo lists the people of the demonstration data, who share one password.
type Demo struct {
	Password string
	People   []DemoPerson
}

// DemoPerson is one row: Use is GET /login?email=...
type DemoPerson struct {
	Name  string
	Role  string
	Email string
	Use   string
}

// Password is GET /password?token=..., reached from a mail. The form posts
// token, password and again to /password.
type Password struct {
	Org        string
	Token      string
	Email      string // whose password it is
	Error      string // at the first field: too short, found in a leak
	AgainError string // at the second: not the same
	Expired    string // the link does not work any more: why and what to do; no form
	MinLength  int
}

// Error is a page that could not be shown. Shell is nil for someone who is not signed in.
type Error struct {
	Shell     *ui.Shell
	Status    int
	Title     string // "There is no such page"
	Text      string // a sentence: the cause and what follows
	Out       ui.Link
	RequestID string
	Typed     string // the reason that was typed and is not saved
}
