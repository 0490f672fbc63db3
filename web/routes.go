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

// atSites after a permission: a role that is limited to sites opens the route as
// well, for what is there.
const atSites = " at sites"

// routes is the site map.
func (s *server) routes() []route {
	return slices.Concat(s.personal(), s.shared(), s.stock(), s.faults(), s.owning(), s.register())
}

// faults are the pages about what is wrong.
func (s *server) faults() []route {
	return []route{
		{"GET", "/findings", "finding:read", s.findings},
		{"GET", "/findings.csv", "account:own", s.findingsCSV},
		{"POST", "/findings/evaluate", "finding:acknowledge", s.evaluateFindings},
		{"GET", "/findings/policies", "finding:read", s.policies},
		{"POST", "/findings/policies/{policy}/end", "finding:rule", s.endPolicy},
		{"GET", "/findings/combinations", "finding:read", s.combinations},
		{"POST", "/findings/combinations", "finding:rule", s.combine},
		{"POST", "/findings/combinations/{combination}/end", "finding:rule", s.endCombination},
		{"POST", "/findings/combinations/{combination}/owner", "finding:rule", s.ownCombination},
		{"GET", "/findings/{finding}", "finding:read", s.finding},
		{"POST", "/findings/{finding}/acknowledge", "finding:acknowledge", s.acknowledgeFinding},
		{"POST", "/findings/{finding}/take-back", "finding:acknowledge", s.takeBackFinding},
		{"POST", "/findings/{finding}/review", "finding:acknowledge", s.reviewUse},
		{"POST", "/findings/{finding}/allow", "finding:rule", s.allowCrossing},
	}
}

// stock are the pages of the inventory.
func (s *server) stock() []route {
	return []route{
		{"GET", "/identities", "inventory:read" + atSites, s.identities},
		{"GET", "/identities.csv", "account:own", s.identitiesCSV},
		{"GET", "/identities/{identity}", "inventory:read" + atSites, s.identityPage},
		{"GET", "/assets", "inventory:read" + atSites, s.assets},
		{"GET", "/assets.csv", "account:own", s.assetsCSV},
		{"GET", "/assets/{asset}", "inventory:read" + atSites, s.assetPage},
		{"GET", "/assets/{asset}/incident", "inventory:read", s.incident},
		{"GET", "/assets/{asset}/incident.csv", "inventory:read", s.incidentCSV},
		{"GET", "/search", "inventory:read" + atSites, s.search},
		{"GET", "/vendors", "inventory:read" + atSites, s.vendors},
	}
}

// owning are the pages about who answers for what, and who is one person.
func (s *server) owning() []route {
	return []route{
		{"GET", "/ownership", "ownership:own", s.ownership},
		{"POST", "/ownership/answer", "ownership:own", s.answerOwnership},
		{"POST", "/ownership/offer", "ownership:own", s.handOver},
		{"POST", "/ownership/{transfer}/withdraw", "ownership:own", s.withdrawOffer("/ownership")},
		{"GET", "/owners", "inventory:read", s.owners},
		{"GET", "/owners.csv", "account:own", s.ownersCSV},
		{"POST", "/owners/offer", "ownership:offer", s.offerOwnership},
		{"GET", "/owners/offers", "inventory:read", s.offers},
		{"POST", "/owners/offers/{transfer}/withdraw", "ownership:offer", s.withdrawOffer("/owners/offers")},
		{"POST", "/owners/offers/{transfer}/end", "ownership:offer", s.endOwnership},
		{"GET", "/identities/joins", "inventory:read", s.joins},
		{"GET", "/identities/joins.csv", "account:own", s.joinsCSV},
		{"POST", "/identities/joins", "person:join", s.joinPersons},
		{"POST", "/identities/joins/{join}/part", "person:join", s.partPersons},
		{"POST", "/identities/joins/{join}/rejoin", "person:join", s.rejoinPersons},
	}
}

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
		{"GET", "/reviews/{campaign}/items/{item}/revoked", "review:read", s.revoked},
		{"GET", "/reviews/{campaign}/undo", "review:read", s.backToSheet},
		{"GET", "/reviews/{campaign}/bulk", "review:read", s.backToSheet},
		{"GET", "/reviews/{campaign}/sign", "review:read", s.signForm},
		{"POST", "/reviews/{campaign}/sign", "review:decide", s.sign},
	}
}

// register are the pages of the exceptions for legacy assets.
func (s *server) register() []route {
	return []route{
		{"GET", "/exceptions", "exception:read", s.exceptions},
		{"GET", "/exceptions.csv", "account:own", s.exceptionsCSV},
		{"GET", "/exceptions/uncovered", "exception:read", s.gaps},
		{"POST", "/exceptions/views", "exception:read", s.keepView},
		{"POST", "/exceptions/views/{view}/drop", "exception:read", s.dropView},
		{"GET", "/exceptions/renew", "exception:request", s.renewForm},
		{"POST", "/exceptions/renew", "exception:request", s.renewAll},
		{"GET", "/exceptions/mine", "exception:test", s.exceptionsMine},
		{"GET", "/exceptions/rules", "exception:read", s.exceptionRules},
		{"POST", "/exceptions/rules/requirements", "exception:rule", s.setRequirements},
		{"POST", "/exceptions/rules/limits", "exception:rule", s.setLimits},
		{"POST", "/exceptions/rules/approvers", "exception:rule", s.setApprover},
		{"GET", "/exceptions/new", "exception:request", s.exceptionForm},
		{"POST", "/exceptions", "exception:request", s.requestException},
		{"GET", "/exceptions/{exception}", "exception:read", s.exception},
		{"GET", "/exceptions/{exception}/edit", "exception:request", s.exceptionEdit},
		{"POST", "/exceptions/{exception}/edit", "exception:request", s.saveException},
		{"POST", "/exceptions/{exception}/submit", "exception:request", s.submitException},
		{"POST", "/exceptions/{exception}/withdraw", "exception:request", s.withdrawException},
		{"POST", "/exceptions/{exception}/renew", "exception:request", s.renewException},
		{"POST", "/exceptions/{exception}/answer", "exception:approve", s.answerException},
		{"POST", "/exceptions/{exception}/end", "exception:approve", s.endException},
		{"POST", "/exceptions/{exception}/attachments", "exception:test", s.attach},
		{"GET", "/exceptions/{exception}/attachments/{attachment}", "exception:read", s.attachment},
		{"POST", "/exceptions/{exception}/controls", "exception:request", s.addControl},
		{"POST", "/exceptions/{exception}/controls/{control}/test", "exception:test", s.testControl},
		{"POST", "/exceptions/{exception}/controls/{control}/drop", "exception:approve", s.dropControl},
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

		{"GET", "/identities/{identity}/reach", "inventory:read", s.reach},
		{"GET", "/identities/{identity}/reach.csv", "account:own", s.reachCSV},

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
