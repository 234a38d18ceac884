package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/bench"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/sshserver"
	"github.com/ticketcd/ticketcd/tui"
)

// benchAudienceCommand is what the process runs whose sessions watch in a bench.
func (a *app) benchAudienceCommand() *cobra.Command {
	var sessions, looking int
	cmd := &cobra.Command{
		Use:    "bench-audience",
		Short:  "Watch an event in many sessions, and tell when it is seen to change, for the process that runs a bench",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(store *opened) error { return a.watchLive(cmd.Context(), store, sessions, looking) })
		},
	}
	cmd.Flags().IntVar(&sessions, "sessions", 1, "`number` of sessions")
	cmd.Flags().IntVar(&looking, "looking", 1, "`number` of those that look at what sells")
	cmd.Flags().StringVar(&a.space, "space", "", "`text` that all keys begin with")
	return cmd
}

// watchLive shows the shop in sessions until standard input ends, and writes what one of those who look at what sells, and a
// bare watch, see.
func (a *app) watchLive(ctx context.Context, store *opened, sessions, looking int) error {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, a.In) //nolint:errcheck // however it ends, it has ended
	}()
	live := model.NewLive()
	all.Go(func() { store.Follow(ctx, live) })
	if _, err := untilLoaded(ctx, live); err != nil {
		return err
	}
	var mu sync.Mutex
	tell := json.NewEncoder(a.Out)
	saw := func(s bench.Sight) {
		mu.Lock()
		defer mu.Unlock()
		if err := tell.Encode(s); err != nil {
			cancel()
		}
	}
	shop, _ := live.Shop()
	for _, event := range shop.Catalogue.Search(model.Query{Text: bench.LiveWord}).Events() {
		all.Go(func() {
			ready := func() { saw(bench.Sight{Bare: true, Left: event.Left, At: time.Now().UnixNano()}) }
			if err := bench.WatchBare(ctx, store.Store, ready, saw); err != nil {
				cancel()
			}
		})
	}
	together := &tui.Sessions{}
	var broken atomic.Pointer[error]
	var seated sync.WaitGroup
	for i := range sessions {
		onlooker := &onlooker{word: bench.LiveWord, Session: tui.New(ctx, tui.Config{
			Store: store, Live: live, Now: time.Now, User: model.User{Username: "onlooker"}, Sessions: together,
		})}
		if i < sessions-looking {
			onlooker.word = bench.QuietWord
		}
		if i == sessions-1 { // who is asked comes when all others look
			seated.Wait()
			onlooker.saw = saw
		}
		seated.Add(1)
		onlooker.looks = sync.OnceFunc(seated.Done)
		all.Go(func() {
			defer onlooker.looks()
			if err := onlooker.run(ctx); err != nil {
				broken.Store(&err)
				cancel()
			}
		})
	}
	<-ctx.Done()
	all.Wait()
	if err := broken.Load(); err != nil {
		return *err
	}
	return nil
}

// onlooker is a session without a terminal, drawn as often as one over SSH. It tells of its frames when they are drawn to the end.
type onlooker struct {
	*tui.Session
	word  string            // finds what it looks at
	looks func()            // it sees the event
	saw   func(bench.Sight) // nil where nobody wants to know
	drawn atomic.Int64      // the count in the frame that was made last
	told  int64
}

// View makes a frame, and notes which count it shows.
func (o *onlooker) View() tea.View {
	view := o.Session.View()
	if o.saw == nil && o.drawn.Load() != 0 { // looking for it costs as much as to draw
		return view
	}
	if left, ok := bench.CountIn(view.Content); ok {
		o.drawn.Store(int64(left))
		o.looks()
	}
	return view
}

// Update is the session's; the model stays this one.
func (o *onlooker) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := o.Session.Update(msg)
	return o, cmd
}

// Write takes a frame that is drawn.
func (o *onlooker) Write(frame []byte) (int, error) {
	if left := o.drawn.Load(); o.saw != nil && left != o.told {
		o.told = left
		o.saw(bench.Sight{Left: int(left), At: time.Now().UnixNano()})
	}
	return len(frame), nil
}

func (o *onlooker) run(ctx context.Context) error {
	program := tea.NewProgram(o, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(o), tea.WithFPS(sshserver.MaxFPS),
		tea.WithWindowSize(80, 24), tea.WithColorProfile(colorprofile.TrueColor), tea.WithoutSignalHandler())
	go program.Send(tea.PasteMsg{Content: o.word})
	if _, err := program.Run(); err != nil && !errors.Is(err, tea.ErrProgramKilled) {
		return err
	}
	return nil
}
