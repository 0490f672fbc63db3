package login

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"interlock/internal/errs"
)

// Length of a password in characters. No rule says which characters: those make
// passwords worse (NIST SP 800-63B).
const (
	MinPassword = 12
	MaxPassword = 128
)

// longest bounds what is normalised at all, in bytes.
const longest = 4 * MaxPassword

//go:embed common.txt
var commonText string

var common = commonSet()

func commonSet() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(commonText) {
		set[word] = true
	}
	return set
}

// normal is the one form in which a password is hashed and compared: the same
// key strokes give the same password on every keyboard and system.
func normal(password string) string {
	if len(password) > longest {
		password = ""
	}
	return norm.NFKC.String(password)
}

// checkPassword refuses a password that is too short, too long or among the first
// that an attacker tries.
func checkPassword(password, email string) error {
	p := normal(password)
	switch n := utf8.RuneCountInString(p); {
	case len(password) > longest || n > MaxPassword:
		return errs.InvalidField("password", "A password has at most %d characters. Choose a shorter one.", MaxPassword)
	case n < MinPassword:
		return errs.InvalidField("password", "A password has at least %d characters. Choose a longer one, such as four unrelated words.", MinPassword)
	case isEmail(p, email):
		return errs.InvalidField("password", "The e-mail address cannot be the password. Choose something that is not written next to it.")
	case guessable(p):
		return errs.InvalidField("password", "This is one of the first passwords an attacker tries. Choose another, such as four unrelated words.")
	}
	return nil
}

func isEmail(p, email string) bool {
	local, _, _ := strings.Cut(email, "@")
	return strings.EqualFold(p, email) || strings.EqualFold(p, local)
}

// guessable tells a common password, also with digits and signs around it, and
// one short piece said over and over.
func guessable(p string) bool {
	p = strings.ToLower(p)
	word := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	return common[p] || common[word] || repeats(p)
}

func repeats(p string) bool {
	for n := 1; n <= 4; n++ {
		if strings.Repeat(p[:n], len(p)/n+1)[:len(p)] == p {
			return true
		}
	}
	return false
}
