package web

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
)

// download writes a CSV file to disk first and sends it then: a failure is still a
// page, and a slow reader holds no connection to the database.
func (s *server) download(w http.ResponseWriter, r *http.Request, name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp("", "interlock-download-*")
	if err != nil {
		return fmt.Errorf("download %s: %w", name, err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	if err := write(f); err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return fmt.Errorf("download %s: %w", name, err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("download %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	if _, err := io.Copy(w, f); err != nil {
		s.Log.Info("download broke off", "id", requestID(r), "file", name, "error", err)
	}
	return nil
}
