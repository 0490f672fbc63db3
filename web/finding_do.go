package web

import (
	"net/http"
	"time"

	"interlock/internal/errs"
)

// onFinding does something about the finding of the address; a refusal stands
// beside the form.
func (s *server) onFinding(w http.ResponseWriter, r *http.Request, form, said string, do func(id int64) error) error {
	id, err := pathID(r, "finding")
	if err != nil {
		return err
	}
	err = do(id)
	if e := refusal(err); e != nil {
		return s.showFinding(w, r, id, statuses[e.Kind], e, form)
	}
	if err != nil {
		return err
	}
	s.tell(r, said, "")
	return see(w, r, findingHref(id))
}

// day reads a day that was typed: its beginning.
func (s *server) day(r *http.Request, field string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, r.PostFormValue(field), s.Zone)
	if err != nil {
		return at, errs.InvalidField(field, "Write the day as 2026-12-31.")
	}
	return at, nil
}

func (s *server) acknowledgeFinding(w http.ResponseWriter, r *http.Request) error {
	return s.onFinding(w, r, "acknowledge", "Acknowledged. It counts apart until that day.", func(id int64) error {
		until, err := s.day(r, "until")
		if err != nil {
			return err
		}
		return s.Finding.Acknowledge(r.Context(), id, r.PostFormValue("reason"), until)
	})
}

func (s *server) takeBackFinding(w http.ResponseWriter, r *http.Request) error {
	return s.onFinding(w, r, "takeback", "Taken back: it counts as open again.", func(id int64) error {
		return s.Finding.TakeBack(r.Context(), id, r.PostFormValue("reason"))
	})
}

func (s *server) reviewUse(w http.ResponseWriter, r *http.Request) error {
	return s.onFinding(w, r, "review", "Recorded. The finding closes when all is looked at again, in a moment.", func(id int64) error {
		return s.Finding.ReviewUse(r.Context(), id, r.PostFormValue("note"))
	})
}

func (s *server) allowCrossing(w http.ResponseWriter, r *http.Request) error {
	return s.onFinding(w, r, "allow", "Allowed. The finding closes when all is looked at again, in a moment.", func(id int64) error {
		ends, err := s.day(r, "ends")
		if err != nil {
			return err
		}
		return s.Finding.Allow(r.Context(), id, r.PostFormValue("why"), r.PostFormValue("owner"), ends)
	})
}
