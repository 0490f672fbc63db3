package web

import (
	"net/http"
	"slices"
)

// route is one address: who it is for, and what answers it.
type route struct {
	method, path string
	need         string // a permission, or open
	run          func(http.ResponseWriter, *http.Request) error
}

// open is the need of a route that is for everyone, also without signing in.
const open = "open"

// routes is the site map.
func (s *server) routes() []route { return slices.Concat(s.personal(), s.shared()) }

// personal are the pages about oneself: signing in and reviewing.
func (s *server) personal() []route {
	return []route{
		{"GET", "/", "account:own", s.home},
		{"GET", "/login", open, s.signInForm},
		{"POST", "/login", open, s.signIn},
		{"POST", "/logout", open, s.signOut},
		{"GET", "/password", open, s.passwordForm},
		{"POST", "/password", open, s.setPassword},
		{"GET", "/account", "account:own", s.account},
		{"POST", "/account", "account:own", s.changePassword},

		{"GET", "/reviews", "review:read", s.inbox},
		{"GET", "/reviews/{campaign}", "review:read", s.sheet},
		// A refused answer or export goes on record, so the use case refuses it, not the guard.
		{"POST", "/reviews/{campaign}/items/{item}/decision", "account:own", s.decide},
		{"POST", "/reviews/{campaign}/items/{item}/undo", "review:decide", s.undo},
		{"POST", "/reviews/{campaign}/undo", "review:decide", s.undoLast},
		{"POST", "/reviews/{campaign}/bulk", "account:own", s.decideBulk},
		{"GET", "/reviews/{campaign}/items/{item}/decision", "review:read", s.backToSheet},
		{"GET", "/reviews/{campaign}/items/{item}/undo", "review:read", s.backToSheet},
		{"GET", "/reviews/{campaign}/undo", "review:read", s.backToSheet},
		{"GET", "/reviews/{campaign}/bulk", "review:read", s.backToSheet},
		{"GET", "/reviews/{campaign}/sign", "review:read", s.signForm},
		{"POST", "/reviews/{campaign}/sign", "review:decide", s.sign},
	}
}

// shared are the pages for who runs campaigns, imports and the log.
func (s *server) shared() []route {
	return []route{
		{"GET", "/campaigns", "campaign:read", s.campaigns},
		{"GET", "/campaigns/new", "campaign:run", s.campaignForm},
		{"POST", "/campaigns/preview", "campaign:run", s.previewCampaign},
		{"POST", "/campaigns", "campaign:run", s.createCampaign},
		{"GET", "/campaigns/{campaign}", "campaign:read", s.campaign},
		{"POST", "/campaigns/{campaign}/launch", "campaign:run", s.launchCampaign},
		{"POST", "/campaigns/{campaign}/pause", "campaign:run", s.act(s.Review.Pause, "Paused. Answers are kept; nobody can answer until it resumes.")},
		{"POST", "/campaigns/{campaign}/resume", "campaign:run", s.act(s.Review.Resume, "Reviewers can answer again.")},
		{"GET", "/campaigns/{campaign}/close", "campaign:run", s.askClose},
		{"POST", "/campaigns/{campaign}/close", "campaign:run", s.act(s.closeCampaign, "Closing.")},
		{"GET", "/campaigns/{campaign}/cancel", "campaign:run", s.askCancel},
		{"POST", "/campaigns/{campaign}/cancel", "campaign:run", s.act(s.Review.Cancel, "Cancelled. Nothing was removed.")},
		{"POST", "/campaigns/{campaign}/remind", "campaign:run", s.remind},
		{"GET", "/campaigns/{campaign}/reassign", "campaign:run", s.reassignForm},
		{"POST", "/campaigns/{campaign}/reassign", "campaign:run", s.reassign},
		{"GET", "/campaigns/{campaign}/items", "campaign:read", s.campaignItems},
		{"GET", "/campaigns/{campaign}/items.csv", "account:own", s.campaignItemsCSV},
		{"GET", "/campaigns/{campaign}/evidence", "evidence:export", s.evidence},
		{"POST", "/campaigns/{campaign}/evidence", "account:own", s.startEvidence},
		{"GET", "/campaigns/{campaign}/evidence/{pack}", "account:own", s.evidencePack},

		{"GET", "/map", "inventory:read", s.plantMap},

		{"GET", "/imports", "inventory:read", s.imports},
		{"GET", "/imports/new", "inventory:import", s.importForm},
		{"POST", "/imports", "inventory:import", s.upload},
		{"GET", "/imports/uploads/{upload}", "inventory:import", s.uploadReport},
		{"POST", "/imports/uploads/{upload}/confirm", "inventory:import", s.confirmUpload},
		{"POST", "/imports/uploads/{upload}/drop", "inventory:import", s.dropUpload},

		{"GET", "/findings", "finding:read", s.findings},
		{"GET", "/findings.csv", "account:own", s.findingsCSV},
		{"POST", "/findings/evaluate", "finding:acknowledge", s.evaluateFindings},

		{"GET", "/remediation", "remediation:read", s.remediations},
		{"GET", "/jobs/{job}", "job:read", s.job},
		{"POST", "/jobs/{job}/cancel", "job:cancel", s.cancelJob},

		{"GET", "/audit", "audit:read", s.audit},
		{"GET", "/audit.csv", "account:own", s.auditCSV},
		{"GET", "/mail", "mail:read", s.mails},
		{"GET", "/mail/{mail}", "mail:read", s.mail},
		{"GET", "/mail/{mail}/html", "mail:read", s.mailHTML},
		{"POST", "/mail/{mail}/retry", "mail:send", s.retryMail},
	}
}
