package audit

import (
	"context"
	"log/slog"
	"time"
)

const (
	// every is how often the sequencer looks for new events.
	every = time.Second
	// apart is the least time between two signatures.
	apart = 3 * time.Second
)

// Run sequences and signs until the context ends. Every replica runs it.
func (s *Sequencer) Run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := s.beat(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "audit log", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Sequencer) beat(ctx context.Context) error {
	if _, err := s.Sequence(ctx); err != nil {
		return err
	}
	_, err := s.checkpoint(ctx, ifFree, apart)
	return err
}
