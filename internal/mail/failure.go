package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// failure is why a mail was not sent, in words for whoever reads /mail.
type failure struct {
	words string
	final bool // trying again would not help
	cause error
}

func (f failure) Error() string { return f.words }
func (f failure) Unwrap() error { return f.cause }

// beforeMail words what went wrong before the server heard of this mail. That is
// about the server or the settings, so every mail is tried again: a mistyped
// password must not fail a whole campaign's mails.
func (s smtp) beforeMail(ctx context.Context, err error) error {
	reply, replied := errors.AsType[*textproto.Error](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case ctx.Err() != nil:
		return s.cutOff(ctx, err)
	case timedOut(err):
		return failure{"The mail server " + s.Server() + " took too long.", false, err}
	case untrusted:
		return failure{"The certificate of the mail server " + s.Server() + " is not trusted: " + oneLine(innermost(err).Error()), false, err}
	case replied && signIn(reply.Code):
		return failure{"The mail server " + s.Server() + " refused our user name or password: " + said(reply), false, err}
	case replied:
		return failure{"The mail server " + s.Server() + " turned us away: " + said(reply), false, err}
	}
	return failure{"The mail server " + s.Server() + " cannot be used: " + oneLine(innermost(err).Error()), false, err}
}

// timedOut tells a deadline that the connection met before the context did.
func timedOut(err error) bool {
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}

func signIn(code int) bool { return code == 534 || code == 535 || code == 538 || code == 454 }

// duringMail words the server's answer to this mail. Only an answer of 5xx is final.
func (s smtp) duringMail(ctx context.Context, err error) error {
	reply, replied := replyIn(err)
	switch {
	case replied && reply.Code >= 500:
		return failure{"The mail server refused this mail: " + said(reply), true, err}
	case replied:
		return failure{"The mail server put this mail off: " + said(reply), false, err}
	case ctx.Err() != nil:
		return s.cutOff(ctx, err)
	}
	return failure{"The connection to the mail server broke off, so whether it took the mail is not known: " + oneLine(err.Error()), false, err}
}

// replyIn finds the server's answer; go-mail gives its code, but its words only
// within a sentence of its own.
func replyIn(err error) (*textproto.Error, bool) {
	sent, ok := errors.AsType[*gomail.SendError](err)
	if !ok || sent.ErrorCode() == 0 {
		return nil, false
	}
	_, words, _ := strings.Cut(sent.Error(), fmt.Sprintf(": %d ", sent.ErrorCode()))
	words, _, _ = strings.Cut(words, ", affected ")
	return &textproto.Error{Code: sent.ErrorCode(), Msg: strings.Trim(words, `"`)}, true
}

func (s smtp) cutOff(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return failure{"The mail server " + s.Server() + " took too long.", false, err}
	}
	return failure{"Interlock was stopped while it sent this mail.", false, err}
}

func said(reply *textproto.Error) string { return oneLine(fmt.Sprintf("%d %s", reply.Code, reply.Msg)) }

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
