package web

import (
	"net/http"
	"strconv"

	"interlock/internal/exception"
)

// move is something done to the exception of the address, after which one is back at it.
func (s *server) move(w http.ResponseWriter, r *http.Request, said string, do func(id int64) error) error {
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	if err := do(id); err != nil {
		return err
	}
	s.tell(r, said, "")
	return see(w, r, exception.Address(id))
}

func savedOf(r *http.Request) int32 {
	n, _ := strconv.ParseInt(r.PostFormValue("saved"), 10, 32)
	return int32(n)
}

func (s *server) submitException(w http.ResponseWriter, r *http.Request) error {
	return s.move(w, r, "Submitted. A risk officer decides.", func(id int64) error { return s.Exception.Submit(r.Context(), id, savedOf(r)) })
}

func (s *server) withdrawException(w http.ResponseWriter, r *http.Request) error {
	return s.move(w, r, "Taken back.", func(id int64) error { return s.Exception.Withdraw(r.Context(), id, r.PostFormValue("note")) })
}

func (s *server) renewException(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	if err := s.Exception.Renew(r.Context(), id); err != nil {
		return err
	}
	s.tell(r, "Score it anew and say when it ends.", "")
	return see(w, r, exception.Address(id)+"/edit")
}

// answerException shows a refusal beside the form, with what was typed.
func (s *server) answerException(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	a := exception.Answer{Event: exception.Event(r.PostFormValue("answer")), Reason: r.PostFormValue("note"), Saved: savedOf(r)}
	err = s.Exception.Answer(r.Context(), id, a)
	e := refusal(err)
	if e == nil {
		if err != nil {
			return err
		}
		s.tell(r, "Decided.", "")
		return see(w, r, exception.Address(id))
	}
	now, err := s.Exception.Get(r.Context(), id)
	if err != nil {
		return err
	}
	p := s.exceptionPage(r, now)
	if p.Decision == nil { // somebody else was faster
		return e
	}
	p.Decision.Error, p.Decision.Reason, p.Decision.Chosen = e.Message, a.Reason, string(a.Event)
	return s.show(w, r, statuses[e.Kind], p.Page())
}

func (s *server) endException(w http.ResponseWriter, r *http.Request) error {
	return s.move(w, r, "Ended.", func(id int64) error {
		if r.PostFormValue("how") == "revoke" {
			return s.Exception.Revoke(r.Context(), id, r.PostFormValue("note"))
		}
		return s.Exception.Close(r.Context(), id, r.PostFormValue("note"))
	})
}

func (s *server) addControl(w http.ResponseWriter, r *http.Request) error {
	return s.move(w, r, "Added.", func(id int64) error {
		return s.Exception.AddControl(r.Context(), id, controlTyped(r.PostFormValue("title"), r.PostFormValue("owner"), r.PostFormValue("method"), r.PostFormValue("every")))
	})
}

func controlTyped(title, owner, method, every string) exception.Control {
	days, _ := strconv.ParseInt(every, 10, 32)
	return exception.Control{Title: title, Owner: owner, Method: method, EveryDays: int32(days)}
}

// testControl shows a refusal on the page of who tests, with what was typed.
func (s *server) testControl(w http.ResponseWriter, r *http.Request) error {
	var refused mineTyped
	err := s.onControl(w, r, "Recorded.", func(control int64) error {
		err := s.Exception.Test(r.Context(), control, r.PostFormValue("passed") == "yes", r.PostFormValue("note"))
		if e := refusal(err); e != nil && e.Field == "note" {
			refused = mineTyped{control: control, note: r.PostFormValue("note"), problem: e.Message}
		}
		return err
	})
	if refused.control != 0 && r.PostFormValue("from") == "mine" {
		return s.showMine(w, r, http.StatusUnprocessableEntity, refused)
	}
	return err
}

func (s *server) dropControl(w http.ResponseWriter, r *http.Request) error {
	return s.onControl(w, r, "Taken out of use.", func(control int64) error {
		return s.Exception.DropControl(r.Context(), control, r.PostFormValue("note"))
	})
}

func (s *server) onControl(w http.ResponseWriter, r *http.Request, said string, do func(control int64) error) error {
	control, err := pathID(r, "control")
	if err != nil {
		return err
	}
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	if err := do(control); err != nil {
		return err
	}
	s.tell(r, said, "")
	return see(w, r, s.backFrom(r, id))
}
