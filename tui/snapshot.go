package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/ticketcd/ticketcd/model"
)

const (
	// snapshotPatience is how long saving a snapshot may take: the largest that etcd is meant for, over a slow line.
	snapshotPatience = time.Hour
	// toldEvery is how often it is told how far that is.
	toldEvery = 250 * time.Millisecond
)

// saveSnapshot is a box that asks for the file to which a snapshot of the whole store is saved.
type saveSnapshot struct{ form }

func newSaveSnapshot(s *Session) *saveSnapshot {
	name := "ticketcd-" + s.cfg.Now().Format("2006-01-02-150405") + ".snapshot"
	b := &saveSnapshot{newForm(newField("File", "a file that is not there yet", func(text string) error {
		if strings.TrimSpace(text) == "" {
			return model.Errorf(model.CodeUsage, "please name a file")
		}
		return nil
	}))}
	b.set(0, name)
	return b
}

func (b *saveSnapshot) overlay() {}

func (b *saveSnapshot) forAdmins() {}

func (b *saveSnapshot) title(*Session) string { return "Save a snapshot" }

func (b *saveSnapshot) actions(s *Session) []action {
	return b.form.actions("save", s.stillBusy(), func() tea.Cmd {
		return b.save(s, strings.TrimSpace(b.value(0)))
	})[:1]
}

func (b *saveSnapshot) view(s *Session, width, _ int) string {
	room := min(width-8, 64)
	folder := wrap("A copy of the whole store, password hashes included, that only you can read. ticketcd snapshot restore brings it back.", room, 4)
	return box("Save a snapshot", folder+"\n\n"+b.form.view(s.theme, room)+"\n"+
		s.theme.faint.Render(fit("in "+model.Clean(s.cfg.Files.Folder()), room)), s.theme)
}

// save saves a snapshot, and tells how far it is. The box stays until that has begun, so that a name that cannot be used is there
// to be mended.
func (b *saveSnapshot) save(s *Session, name string) tea.Cmd {
	if why := s.stillBusy(); why != "" {
		return s.say(warning, why)
	}
	store, files, actor, file := s.cfg.Store, s.cfg.Files, s.me.Username, name
	if !filepath.IsAbs(file) {
		file = filepath.Join(files.Folder(), file)
	}
	whole := int64(0)
	for _, m := range s.cluster.Members {
		whole = max(whole, m.DBSize)
	}
	board := model.NewBoard(saved{whole: whole})
	started := s.do("Saving a snapshot to "+name, snapshotPatience, func(ctx context.Context) (string, func() tea.Cmd, error) {
		defer board.Post(saved{over: true})
		if err := store.CheckAdmin(ctx, actor); err != nil {
			return "", func() tea.Cmd { return b.over(s, err) }, err
		}
		var bytes int64
		last := time.Now()
		err := files.SaveSnapshot(ctx, file, func(now int64) {
			if bytes = now; time.Since(last) > toldEvery {
				last = time.Now()
				board.Post(saved{bytes: now, whole: whole})
			}
		})
		return fmt.Sprintf("Saved a snapshot of %s: %s", model.Bytes(bytes), file), func() tea.Cmd { return b.over(s, err) }, err
	})
	return tea.Batch(started, waitSaved(s.ctx, b, board, s.deeds, saved{whole: whole}))
}

// over closes the box, or says in it why nothing was saved.
func (b *saveSnapshot) over(s *Session, err error) tea.Cmd {
	if err == nil {
		s.close(b)
	} else {
		b.reject(0, err)
	}
	return nil
}

// saved says how far a snapshot is, in bytes.
type saved struct {
	bytes, whole int64
	over         bool
}

// savedMsg brings it to the screen, while the deed with this number is under way.
type savedMsg struct {
	box   *saveSnapshot
	board *model.Board[saved]
	deed  int
	saved
}

func waitSaved(ctx context.Context, box *saveSnapshot, board *model.Board[saved], deed int, shown saved) tea.Cmd {
	return func() tea.Msg {
		newest, changed := board.Read()
		if newest == shown {
			select {
			case <-changed:
			case <-ctx.Done():
				return nil
			}
			newest, _ = board.Read()
		}
		return savedMsg{box, board, deed, newest}
	}
}

func (msg savedMsg) arrive(s *Session) tea.Cmd {
	if msg.over || s.busy == "" || msg.deed != s.deeds {
		return nil
	}
	if s.top() == msg.box {
		s.close(msg.box)
	}
	said := s.goOn(fmt.Sprintf("%s: %s of about %s …", s.busy, model.Bytes(msg.bytes), model.Bytes(max(msg.bytes, msg.whole))))
	return tea.Batch(said, waitSaved(s.ctx, msg.box, msg.board, msg.deed, msg.saved))
}
