package intake

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"interlock/internal/errs"
	"interlock/internal/job"
	"interlock/internal/store"
)

// ImportArgs ask for the import of an upload, or for its dry run.
type ImportArgs struct {
	Job     int64   `json:"job"`
	Upload  int64   `json:"upload"`
	Options Options `json:"options"`
}

// Kind names the job for River.
func (ImportArgs) Kind() string { return jobKind }

// Result is what the job leaves: the report, and every bad value if the bundle
// was refused.
type Result struct {
	Report
	DryRun  bool     `json:"dry_run"`
	Details []string `json:"details,omitempty"`
}

type worker struct {
	river.WorkerDefaults[ImportArgs]
	intake *Service
	jobs   *job.Service
}

// Worker carries out the imports that were asked for in the browser.
func Worker(s *Service, jobs *job.Service) river.Worker[ImportArgs] {
	return &worker{intake: s, jobs: jobs}
}

// Timeout leaves the limit to the import itself. It is finite, or River would
// never take the job from a process that ended.
func (w *worker) Timeout(*river.Job[ImportArgs]) time.Duration { return limit + time.Minute }

// Work imports the upload on behalf of who asked for it.
func (w *worker) Work(ctx context.Context, j *river.Job[ImportArgs]) error {
	return w.jobs.Run(ctx, j.Args.Job, limit, j.Attempt >= j.MaxAttempts, func(ctx context.Context, r *job.Report) (any, error) {
		o := j.Args.Options
		o.Progress = r.Step
		return w.intake.importUpload(ctx, j.Args.Upload, o)
	})
}

func (s *Service) importUpload(ctx context.Context, upload int64, o Options) (Result, error) {
	var content []byte
	err := s.db.Read(ctx, "inventory:import", func(tx *store.Tx) error {
		row, err := tx.IntakeUploadContent(ctx, upload)
		content, o.Source = row.Content, row.Source
		return err
	})
	if err != nil {
		return Result{}, err
	}
	b, err := ReadZip(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return Result{}, err
	}
	report, err := s.Import(ctx, b, o)
	return Result{Report: report, DryRun: o.DryRun, Details: refusalDetails(err)}, err
}

func refusalDetails(err error) []string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Details
	}
	return nil
}
