package intake

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"interlock/internal/errs"
	"interlock/internal/job"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

const (
	// MaxUpload is how large an uploaded zip may be; larger bundles go in by the
	// command line.
	MaxUpload  = 64 << 20
	keepUpload = 24 * time.Hour
	jobKind    = "import"
)

// Upload keeps a zip until its import is asked for, for a day. A file that
// cannot be a bundle is refused here already.
func (s *Service) Upload(ctx context.Context, source, fileName string, content []byte) (upload int64, err error) {
	if len(content) > MaxUpload {
		return 0, errs.InvalidField("bundle", "%s is larger than 64 MB; import it with the interlock import command.", shown(fileName))
	}
	if _, err := ReadZip(bytes.NewReader(content), int64(len(content))); err != nil {
		return 0, err
	}
	if !wellFormedSource(source) {
		return 0, errs.InvalidField("source", badSource)
	}
	err = s.db.Write(ctx, "inventory:import", func(tx *store.Tx) error {
		if err := tx.IntakeUploadSweep(ctx, tx.Now.Add(-keepUpload)); err != nil {
			return err
		}
		upload, err = tx.IntakeUploadInsert(ctx, sqlc.IntakeUploadInsertParams{
			Source: source, FileName: shown(fileName), Content: content, CreatedBy: tx.Actor.ID(), CreatedAt: tx.Now,
		})
		tx.Record("import.uploaded", store.Object{Kind: "upload", ID: upload}, map[string]any{"source": source, "file": shown(fileName), "bytes": len(content)})
		return err
	})
	return upload, err
}

// Drop throws an upload away unimported.
func (s *Service) Drop(ctx context.Context, upload int64) error {
	return s.db.Write(ctx, "inventory:import", func(tx *store.Tx) error {
		n, err := tx.IntakeUploadDrop(ctx, upload)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundf("This upload is gone already.")
		}
		tx.Record("import.dropped", store.Object{Kind: "upload", ID: upload}, struct{}{})
		return nil
	})
}

// StartDryRun starts the job that tells what importing the upload would change.
func (s *Service) StartDryRun(ctx context.Context, upload int64, o Options) (jobID int64, err error) {
	o.DryRun = true
	return s.start(ctx, upload, o, "Dry run of %s into %s")
}

// StartImport starts the job that imports the upload.
func (s *Service) StartImport(ctx context.Context, upload int64, o Options) (jobID int64, err error) {
	o.DryRun = false
	return s.start(ctx, upload, o, "Import of %s into %s")
}

func (s *Service) start(ctx context.Context, upload int64, o Options, title string) (jobID int64, err error) {
	err = s.db.Write(ctx, "inventory:import", func(tx *store.Tx) error {
		row, err := tx.IntakeUploadGet(ctx, upload)
		if err != nil {
			return err
		}
		o.Source = row.Source
		object := fmt.Sprintf("upload:%d", upload)
		jobID, err = job.Start(ctx, tx, jobKind, fmt.Sprintf(title, row.FileName, row.Source), object, func(id int64) river.JobArgs {
			return ImportArgs{Job: id, Upload: upload, Options: o}
		})
		tx.Record("import.asked", store.Object{Kind: "upload", ID: upload}, map[string]any{
			"source": o.Source, "dry_run": o.DryRun, "accept_drop": o.AcceptDrop, "allow_rejects": o.AllowRejects,
		})
		return err
	})
	return jobID, err
}
