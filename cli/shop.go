package cli

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// maxFPS is how often a second a screen is drawn at most.
const maxFPS = 30

// shopCommand makes the root command open the shop.
func (a *app) shopCommand(root *cobra.Command) {
	var noDemo bool
	root.Flags().BoolVar(&noDemo, "no-demo", false, "leave an empty local store empty instead of filling it with demo data")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if !term.IsTerminal(a.In.Fd()) || !term.IsTerminal(a.Out.Fd()) {
			return model.Errorf(model.CodeUsage,
				"the shop needs a terminal; for scripts there are commands such as ticketcd search, see ticketcd --help")
		}
		return a.with(cmd.Context(), func(store *opened) error {
			notice := ""
			if store.local != nil && !noDemo {
				var err error
				if notice, err = a.fillEmpty(cmd.Context(), store); err != nil {
					return err
				}
			}
			return a.shop(cmd.Context(), store, notice)
		})
	}
}

// fillEmpty loads demo data into a store that holds nothing at all, and says so.
func (a *app) fillEmpty(ctx context.Context, store *opened) (string, error) {
	empty, err := store.Empty(ctx)
	if err != nil || !empty {
		return "", err
	}
	a.notef("The shop is empty: filling it with demo data ...")
	records, err := demoData()
	if err != nil {
		return "", err
	}
	err = a.load(ctx, store, records, false)
	if model.CodeOf(err) == model.CodeRefused || model.CodeOf(err) == model.CodeConflict {
		return "", nil // another terminal was faster
	}
	return "The shop was empty. It now has demo data: " + contents(records), err
}

// shop runs one session on this terminal until the person leaves.
func (a *app) shop(ctx context.Context, store *opened, notice string) error {
	ctx, cancel := context.WithCancel(ctx)
	live := model.NewLive()
	var following sync.WaitGroup
	following.Go(func() { store.Follow(ctx, live) })
	defer following.Wait()
	defer cancel()

	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(a.In), tea.WithOutput(a.Out), tea.WithFPS(maxFPS),
	}
	// The library takes only NO_COLOR=1 and the like for a yes; https://no-color.org says any value that is not empty.
	if os.Getenv("NO_COLOR") != "" {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	session := tui.New(ctx, tui.Config{Store: store, Live: live, Now: time.Now, Notice: notice})
	_, err := tea.NewProgram(session, options...).Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return context.Canceled
	}
	if err != nil {
		return model.Wrap(model.CodeFailed, err, "the shop ended with an error: %s", err)
	}
	return nil
}
