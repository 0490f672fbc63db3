package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"interlock/internal/authz"
	"interlock/internal/demo"
	"interlock/internal/errs"
	"interlock/internal/login"
	"interlock/web"
)

type serveCmd struct {
	Addr string `env:"INTERLOCK_ADDR" default:"${addr}" help:"Address to listen on; :8080 is every address of the machine."`
	Demo bool   `env:"INTERLOCK_DEMO" help:"Fill an empty database with demonstration data and show its sign-ins."`
	Org  string `env:"INTERLOCK_ORG" placeholder:"NAME" help:"Your organisation's name, shown on the pages."`

	TrustedProxy []string `env:"INTERLOCK_TRUSTED_PROXY" default:"127.0.0.0/8,::1/128" help:"Networks of the proxies in front, whose X-Forwarded-For is believed."`
}

// draining is how long requests under way may take when the server stops.
const draining = 20 * time.Second

func (serveCmd) Help() string {
	return "Examples:\n  interlock serve --demo\n  interlock serve --addr 10.0.0.5:8080 --url https://interlock.example.com"
}

func (c *serveCmd) Run(ctx context.Context, set *settings, p *printer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return deaf(c.Addr, err)
	}
	defer func() { _ = listener.Close() }()
	if set.URL == "" {
		set.URL = linkTo(listener.Addr().String())
	}
	a, err := open(ctx, set, true)
	if err != nil {
		return err
	}
	defer a.close()
	if c.Demo {
		if err := a.fillDemo(ctx, p); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	return a.serve(ctx, stop, listener, c, p)
}

// deaf says why an address cannot be listened on.
func deaf(addr string, err error) error {
	why := "it is not of the form host:port, such as " + usualAddress
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		why = "something else listens there"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		why = "it is not this machine's"
	case errors.Is(err, fs.ErrPermission):
		why = "you have no right to that port"
	}
	return errs.Unavailablef("The address %s cannot be listened on, because %s: choose another with --addr or INTERLOCK_ADDR.", addr, why).Because(err)
}

func (a *app) serve(ctx context.Context, stop context.CancelCauseFunc, l net.Listener, c *serveCmd, p *printer) error {
	handler, err := a.site(c)
	if err != nil {
		return err
	}
	halt, err := a.background(ctx, stop)
	if err != nil {
		return err
	}
	defer halt()
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute, WriteTimeout: 30 * time.Minute, IdleTimeout: 2 * time.Minute,
	}
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			stop(fmt.Errorf("serve: %w", err))
		}
	}()
	c.announce(l, p)
	<-ctx.Done()
	shut, cancel := context.WithTimeout(context.Background(), draining)
	defer cancel()
	err = srv.Shutdown(shut)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// background starts the jobs, the schedule and the sequencer; halt stops them in
// the other order.
func (a *app) background(ctx context.Context, stop context.CancelCauseFunc) (halt func(), err error) {
	rescue := a.Jobs.Rescue
	if a.server != nil && a.server.Owned() {
		rescue = a.Jobs.TakeOver
	}
	if err := rescue(ctx); err != nil {
		a.log.Warn("rescue jobs", "error", err)
	}
	client, err := a.Worker(a.log)
	if err != nil {
		return nil, err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("start the jobs: %w", err)
	}
	schedule, err := a.schedule(ctx)
	if err != nil {
		return nil, err
	}
	sequenced := make(chan struct{})
	go func() { defer close(sequenced); a.Sequencer.Run(ctx, a.log) }()
	if err := a.Mail.ResumeWaiting(authz.System(ctx, "mail")); err != nil {
		a.log.Warn("resume waiting mails", "error", err)
	}
	a.watch(ctx, stop)
	return func() {
		_ = schedule.Shutdown()
		<-sequenced
		over, cancel := context.WithTimeout(context.Background(), draining)
		defer cancel()
		if client.Stop(over) != nil {
			_ = client.StopAndCancel(context.Background())
		}
	}, nil
}

// watch stops the server when the embedded PostgreSQL ends by itself; started
// again, it recovers.
func (a *app) watch(ctx context.Context, stop context.CancelCauseFunc) {
	if a.server == nil || !a.server.Owned() {
		return
	}
	go func() {
		select {
		case <-ctx.Done():
		case <-a.server.Done():
			if a.server.DiskFull() {
				stop(a.diskFull(nil))
				return
			}
			stop(errs.Unavailablef("The embedded PostgreSQL ended by itself; its log is in %s. Start Interlock again to recover.", a.set.Data))
		}
	}()
}

func (a *app) site(c *serveCmd) (http.Handler, error) {
	zone, err := a.set.zone()
	if err != nil {
		return nil, err
	}
	proxies, err := prefixes(c.TrustedProxy)
	if err != nil {
		return nil, err
	}
	s := web.Settings{
		TrustedProxy: proxies,
		Org:          c.Org, Version: version, Zone: zone, Secure: strings.HasPrefix(a.set.URL, "https://"), Mailing: a.set.mail().On(), Log: a.log, Now: time.Now, Ready: a.DB.Pool().Ping,
	}
	if c.Demo {
		s.Org, s.DemoKey = demo.Company, demo.Password
		for _, p := range demo.SignIns(demoSeed) {
			s.Demo = append(s.Demo, web.DemoSignIn{Name: p.Name, Role: p.Title, Email: p.Email})
		}
	}
	return web.New(web.Services{
		Login: a.Login, Sessions: login.NewSessions(a.DB), Review: a.Review, Remediation: a.Remediation, Intake: a.Intake, Asset: a.Asset, Finding: a.Finding, Jobs: a.Jobs, Mail: a.Mail, Audit: a.Audit, Control: a.Control, Identity: a.Identity, Reach: a.Reach, Exception: a.Exception,
	}, s), nil
}

// prefixes reads networks; a bare address is a network of one.
func prefixes(list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range list {
		text = strings.TrimSpace(text)
		p, err := netip.ParsePrefix(text)
		if at, atErr := netip.ParseAddr(text); atErr == nil {
			p, err = netip.PrefixFrom(at, at.BitLen()), nil
		}
		if err != nil {
			return nil, errs.Invalidf("The trusted proxy %q is not a network: write it as 10.0.0.0/8 or 10.0.0.7.", text)
		}
		all = append(all, p)
	}
	return all, nil
}

func (c *serveCmd) announce(l net.Listener, p *printer) {
	p.say("Interlock %s: http://%s", version, l.Addr())
	if !c.Demo {
		return
	}
	p.say("\nDemonstration data of %s. Sign in as any of these, password: %s\n", demo.Company, demo.Password)
	for _, s := range demo.SignIns(demoSeed) {
		p.say("  %-44s %s", s.Email, s.Title)
	}
}
