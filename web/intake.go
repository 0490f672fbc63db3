package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/intake"
	"interlock/internal/job"
	"interlock/web/page"
	"interlock/web/ui"
)

// importPage is how many imports a page lists.
const importPage = 50

func (s *server) imports(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Intake.Imports(r.Context(), number64(r, "before"))
	if err != nil {
		return err
	}
	p := page.Imports{Shell: s.shell(r, "Imports", "/identities"), Tabs: inventoryTabs(r, "/imports", moment{}), Lede: "What each source brought, and what it changed. Nothing is overwritten."}
	if authz.Can(authz.From(r.Context()), "inventory:import") {
		p.NewHref = "/imports/new"
	}
	var by []string
	for _, row := range list {
		by = append(by, row.By)
	}
	joins, err := s.joinsOf(r, list)
	if err != nil {
		return err
	}
	known := s.called(r, by...)
	for _, row := range list {
		p.Rows = append(p.Rows, page.ImportRow{
			Number: strconv.FormatInt(row.Number, 10), Source: row.Source, When: s.moment(&row.Finished), By: actorWords(row.By, known),
			Changes: changesOf(func(kind string) intake.Counts { return row.Counts[kind] }, false), Rejected: row.Rejected, Ignored: row.Ignored, Joined: joins[row.Number],
		})
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(list), "import", "imports") + ", newest first"}
	if len(list) == importPage {
		p.Pager.Next = address("/imports", "before", strconv.FormatInt(list[importPage-1].Number, 10))
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

var importKinds = []string{"sites", "zones", "conduits", "assets", "identities", "entitlements", "implies", "grants", "credentials", "holders", "sessions"}

// changesOf lists counts by kind; those without any are left out unless all are wanted.
func changesOf(counts func(kind string) intake.Counts, all bool) []page.ImportChange {
	var list []page.ImportChange
	for _, kind := range importKinds {
		c := counts(kind)
		if all || c != (intake.Counts{}) {
			list = append(list, page.ImportChange{Kind: capital(kind), Added: int(c.Added), Changed: int(c.Changed), Ended: int(c.Ended)})
		}
	}
	return list
}

func (s *server) importForm(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, s.newImport(r).Page())
}

func (s *server) newImport(r *http.Request) page.ImportNew {
	return page.ImportNew{Shell: s.shell(r, "Import a bundle", "/identities"), MaxSize: "64 MB"}
}

// maxUpload leaves room for the form around the file.
const maxUpload = intake.MaxUpload + 1<<20

func (s *server) upload(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	p := s.newImport(r)
	content, name, err := uploaded(r)
	p.Source, p.AllowRejects, p.AcceptDrop = r.FormValue("source"), r.FormValue("allow_rejects") == "yes", r.FormValue("accept_drop") == "yes"
	if err != nil {
		p.BundleError = sentence(err)
		return s.show(w, r, http.StatusUnprocessableEntity, p.Page())
	}
	id, err := s.Intake.Upload(r.Context(), p.Source, name, content)
	if e := refusal(err); e != nil {
		if p.BundleError = e.Message; e.Field == "source" {
			p.BundleError, p.SourceError = "", e.Message
		}
		return s.show(w, r, http.StatusUnprocessableEntity, p.Page())
	}
	if err != nil {
		return err
	}
	jobID, err := s.Intake.StartDryRun(r.Context(), id, intake.Options{AllowRejects: p.AllowRejects, AcceptDrop: p.AcceptDrop})
	if err != nil {
		return err
	}
	return see(w, r, fmt.Sprintf("/jobs/%d", jobID))
}

func uploaded(r *http.Request) ([]byte, string, error) {
	f, h, err := r.FormFile("bundle")
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return nil, "", errs.InvalidField("bundle", "The file is larger than 64 MB, too large for the browser. Ask the people who run Interlock to import it.")
		}
		return nil, "", errs.InvalidField("bundle", "Choose a zip file of the bundle.")
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, "", errs.InvalidField("bundle", "The file did not arrive whole. Try again.").Because(err)
	}
	return content, h.Filename, nil
}

// resultOf reads what an import's job left; empty while it has not.
func resultOf(j job.Progress) intake.Result {
	var res intake.Result
	_ = json.Unmarshal(j.Result, &res)
	return res
}

func (s *server) uploadReport(w http.ResponseWriter, r *http.Request) error {
	return s.showUpload(w, r, http.StatusOK, "")
}

func (s *server) showUpload(w http.ResponseWriter, r *http.Request, status int, refused string) error {
	id, err := pathID(r, "upload")
	if err != nil {
		return err
	}
	u, err := s.Intake.UploadInfo(r.Context(), id)
	if err != nil {
		return err
	}
	j, err := s.Jobs.Of(r.Context(), fmt.Sprintf("upload:%d", id))
	if err != nil {
		return err
	}
	if !j.Ended() {
		return see(w, r, fmt.Sprintf("/jobs/%d", j.ID))
	}
	p := s.reportPage(u, j)
	p.When = s.moment(&u.At) + ", by " + actorWords(u.By, s.called(r, u.By))
	p.Shell, p.Error = s.shell(r, "What the bundle would change", "/identities"), refused
	return s.show(w, r, status, p.Page())
}

func (s *server) reportPage(u intake.UploadRow, j job.Progress) page.ImportReport {
	res, base := resultOf(j), fmt.Sprintf("/imports/uploads/%d", u.ID)
	p := page.ImportReport{
		Source: u.Source, File: fmt.Sprintf("%s, %s", u.FileName, bytesText(u.Bytes)),
		Rejected: res.Rejected, Ignored: res.IgnoredColumns, IgnoredFiles: res.IgnoredFiles, ConfirmAction: base + "/confirm", DropAction: base + "/drop",
		Counts: changesOf(func(kind string) intake.Counts { return countsOf(res.Report, kind) }, true),
	}
	p.Joined = joinedWords(res.JoinedBy, res.Parted)
	for _, x := range res.Rejects[:min(len(res.Rejects), 100)] {
		p.Rejects = append(p.Rejects, page.ImportReject{File: x.File, Line: int(x.Line), Column: x.Column, Value: x.Value, Reason: x.Reason})
	}
	p.AllowRejects = j.State == "done" && res.Rejected > 0
	switch {
	case j.State == "refused":
		p.Refusal, p.Counts = inBrowser(j.Message), nil
		p.DropBlocks = strings.Contains(j.Message, "--accept-drop")
		p.RejectsBlock = !p.DropBlocks && res.Rejected > 0
	case j.State != "done":
		p.Refusal, p.Counts = orElse(inBrowser(j.Message), "The dry run did not end."), nil
	case !res.DryRun:
		p.Notes = append(p.Notes, page.Remark{Tone: "good", Title: "This bundle was imported.", Text: "These are the changes it made.", Link: ui.Link{Label: "See the imports", Href: "/imports"}})
		p.ConfirmAction = ""
	}
	return p
}

// inBrowser says a refusal with what is on the page instead of what the command
// line calls it.
func inBrowser(message string) string {
	return strings.NewReplacer(
		"or leave their rows out with --allow-rejects", "or tick that bad rows are left out",
		"accept the drop (--accept-drop) if it is meant", "tick that you accept the drop if it is meant",
	).Replace(message)
}

func countsOf(r intake.Report, kind string) intake.Counts {
	switch kind {
	case "sites":
		return r.Sites
	case "zones":
		return r.Zones
	case "conduits":
		return r.Conduits
	case "assets":
		return r.Assets
	case "identities":
		return r.Identities
	case "entitlements":
		return r.Entitlements
	case "implies":
		return r.Implies
	case "credentials":
		return r.Credentials
	case "holders":
		return r.Holders
	case "sessions":
		return r.Sessions
	}
	return r.Grants
}

func bytesText(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", (n+1023)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

func (s *server) confirmUpload(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "upload")
	if err != nil {
		return err
	}
	o := intake.Options{AllowRejects: r.PostFormValue("allow_rejects") == "yes", AcceptDrop: r.PostFormValue("accept_drop") == "yes"}
	jobID, err := s.Intake.StartImport(r.Context(), id, o)
	if e := refusal(err); e != nil {
		return s.showUpload(w, r, statuses[e.Kind], e.Message)
	}
	if err != nil {
		return err
	}
	return see(w, r, fmt.Sprintf("/jobs/%d", jobID))
}

func (s *server) dropUpload(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "upload")
	if err != nil {
		return err
	}
	if err := s.Intake.Drop(r.Context(), id); err != nil {
		return err
	}
	s.tell(r, "The upload was dropped. Nothing was imported.", "")
	return see(w, r, "/imports")
}

func uploadHref(object string) string {
	return "/imports/uploads/" + strings.TrimPrefix(object, "upload:")
}
