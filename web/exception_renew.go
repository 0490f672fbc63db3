package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"interlock/internal/errs"
	"interlock/internal/exception"
	"interlock/web/page"
	"interlock/web/ui"
)

// renewForm asks for the new score of each exception that was ticked.
func (s *server) renewForm(w http.ResponseWriter, r *http.Request) error {
	return s.showRenew(w, r, http.StatusOK, r.URL.Query(), nil)
}

func ticked(q url.Values) []int64 {
	ids := []int64{}
	for _, v := range q["renew"] {
		if id, err := strconv.ParseInt(v, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *server) showRenew(w http.ResponseWriter, r *http.Request, status int, typed url.Values, refused *errs.Error) error {
	ids := ticked(typed)
	if len(ids) == 0 && refused == nil {
		return see(w, r, "/exceptions?view=ending")
	}
	rows, err := s.Exception.List(r.Context(), exception.Filter{IDs: ids, Page: int32(max(len(ids), 1))}) //nolint:gosec // ticked on a page
	if err != nil {
		return err
	}
	l, err := s.Exception.Limits(r.Context())
	if err != nil {
		return err
	}
	p := page.ExceptionRenew{Shell: s.shell(r, "Renew exceptions", "/exceptions"), Longest: longestWords(l)}
	if refused != nil {
		p.Error = refused.Message
	}
	for _, row := range rows {
		id := strconv.FormatInt(row.ID, 10)
		x := page.Rescore{
			Row: s.exceptionRow(row), ID: id, Prefix: "residual_" + id, EndsAt: typed.Get("ends_at_" + id),
			Score: page.ScoreFields{Likelihood: typed.Get("residual_" + id + "_likelihood"), People: typed.Get("residual_" + id + "_people"), Environment: typed.Get("residual_" + id + "_environment"), Supply: typed.Get("residual_" + id + "_supply")},
		}
		if refused != nil && (refused.Field == "residual_"+id || refused.Field == "renew_"+id || refused.Field == "ends_at_"+id) {
			x.Error = refused.Message
		}
		p.All = append(p.All, x)
	}
	return s.show(w, r, status, p.Page())
}

func (s *server) renewAll(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalidf("The form could not be read. Go back and send it again.")
	}
	var all []exception.Renewal
	for _, id := range ticked(r.PostForm) {
		n := strconv.FormatInt(id, 10)
		one := exception.Renewal{ID: id, Residual: scoreTyped(r.PostForm, "residual_"+n)}
		if typed := r.PostFormValue("ends_at_" + n); typed != "" {
			day, err := time.ParseInLocation(time.DateOnly, typed, s.Zone)
			if err != nil {
				return s.showRenew(w, r, http.StatusUnprocessableEntity, r.PostForm, &errs.Error{Kind: errs.Invalid, Field: "ends_at_" + n, Message: exception.Number(id) + ": This is no day: write it as 2027-01-31."})
			}
			one.EndsAt = &day
		}
		all = append(all, one)
	}
	err := s.Exception.RenewAll(r.Context(), all)
	if e := refusal(err); e != nil {
		return s.showRenew(w, r, statuses[e.Kind], r.PostForm, e)
	}
	if err != nil {
		return err
	}
	s.tell(r, ui.Plural(len(all), "renewal waits", "renewals wait")+" for a decision.", "")
	return see(w, r, "/exceptions?view=waiting")
}
