// Package errs holds the kinds of refusal. A refusal carries one sentence for
// the person: what, where and the way out. Everything that is not a refusal is
// an internal error: it is logged and the person reads a fixed sentence.
package errs

import (
	"errors"
	"fmt"
)

// Kind says what sort of refusal it is; the edge turns it into a status.
type Kind int

// The kinds of refusal.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	TooMany
	Unavailable
)

// Error is a refusal with its sentence. Field names the input at fault, if one is.
type Error struct {
	Kind    Kind
	Field   string
	Message string
	Details []string
	cause   error
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause, for the log.
func (e *Error) Unwrap() error { return e.cause }

// Because keeps the cause for the log; the person never reads it.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// InvalidField refuses one input field.
func InvalidField(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Invalidf refuses input as a whole.
func Invalidf(format string, args ...any) *Error { return newf(Invalid, format, args) }

// NotFoundf refuses because there is no such thing, or it is not theirs to know.
func NotFoundf(format string, args ...any) *Error { return newf(NotFound, format, args) }

// Conflictf refuses because of the state the thing is in.
func Conflictf(format string, args ...any) *Error { return newf(Conflict, format, args) }

// Forbiddenf refuses because the actor's roles do not allow it.
func Forbiddenf(format string, args ...any) *Error { return newf(Forbidden, format, args) }

// Unauthenticatedf refuses because nobody is signed in.
func Unauthenticatedf(format string, args ...any) *Error { return newf(Unauthenticated, format, args) }

// TooManyf refuses because it was tried too often.
func TooManyf(format string, args ...any) *Error { return newf(TooMany, format, args) }

// Unavailablef refuses because something the work needs is not there now.
func Unavailablef(format string, args ...any) *Error { return newf(Unavailable, format, args) }

func newf(k Kind, format string, args []any) *Error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...)}
}

// WithDetails adds lines that belong below the sentence, such as every bad row.
func (e *Error) WithDetails(lines []string) *Error {
	e.Details = lines
	return e
}

// KindOf tells the kind of err; Internal when it is no refusal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is tells whether err is a refusal of kind k.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }
