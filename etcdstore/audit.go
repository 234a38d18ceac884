package etcdstore

import (
	"context"

	"github.com/ticketcd/ticketcd/model"
)

// Audit checks the invariants of the whole store at one revision (see [model.Audit]). It changes nothing, and nothing
// has to stand still for it. An error means that the store could not be read to the end; violations are not an error.
func (s *Store) Audit(ctx context.Context) (model.AuditReport, error) {
	now, err := s.read(ctx, getOp(model.PrefixInternal))
	if err != nil {
		return model.AuditReport{}, err
	}
	everything := scan{store: s, revision: now.Header.Revision}
	report := model.Audit(everything.revision, func(yield func(model.Record) bool) {
		var record model.Record
		for record, err = range everything.records(ctx) {
			if err != nil || !yield(record) {
				return
			}
		}
	})
	if err != nil {
		return model.AuditReport{}, err
	}
	return report, nil
}
