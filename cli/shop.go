package cli

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/cluster"
	"github.com/ticketcd/ticketcd/crowd"
	"github.com/ticketcd/ticketcd/model"
	"github.com/ticketcd/ticketcd/tui"
)

// maxFPS is how often a second a screen is drawn at most. Whoever presses a key waits for the next frame.
const maxFPS = 60

// lastOrder is how long what is under way may take when the shop is told to end.
const lastOrder = 10 * time.Second

// What the people do who shop while a demo is open.
const (
	shopperRate    = 0.5 // orders per second of each
	shopperCancels = 0.1 // of their orders
)

// shopCommand makes the root command open the shop.
func (a *app) shopCommand(root *cobra.Command) {
	var noDemo bool
	var shoppers int
	root.Flags().BoolVar(&noDemo, "no-demo", false, "leave an empty local store empty instead of filling it with demo data")
	a.look.register(root.Flags())
	root.Flags().IntVar(&shoppers, "shoppers", 0, "let so many simulated `people` shop as long as this shop is open, for demos")
	var wishes clusterFlags
	wishes.register(root.Flags(), "run, or join, a cluster of so many members in --data-dir: 1, 3, 5 or 7 `members`")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		interactive := term.IsTerminal(a.In.Fd()) && term.IsTerminal(a.Out.Fd())
		if interactive && os.Getenv("TERM") == "dumb" {
			a.look.plain = true
		}
		if !interactive && !a.look.plain {
			return model.Errorf(model.CodeUsage, "the shop needs a terminal; --plain speaks with you line by line, "+
				"and for scripts there are commands such as ticketcd search, see ticketcd --help")
		}
		if shoppers < 0 || shoppers > maxBuyers {
			return model.Errorf(model.CodeUsage, "--shoppers takes 0 to %d", maxBuyers)
		}
		return a.withMembers(cmd.Context(), wishes, func(members *cluster.Members) error {
			return a.with(cmd.Context(), func(store *opened) error {
				notice := ""
				if (store.local != nil || members != nil) && !noDemo {
					var err error
					if notice, err = a.fillEmpty(cmd.Context(), store); err != nil {
						return err
					}
					if !a.look.plain { // which says so itself
						a.noteFilled(notice)
					}
				}
				return a.shop(cmd.Context(), store, a.look.dress(tui.Config{Store: store, Notice: notice}), shoppers)
			})
		})
	}
}

// shop runs one session on this terminal until the person leaves, or until told ends: then what is under way is finished
// first.
func (a *app) shop(told context.Context, store *opened, cfg tui.Config, shoppers int) error {
	var buyers []string
	if shoppers > 0 {
		var err error
		if buyers, err = simulatedUsers(told, store, shoppers); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(told))
	cfg.Live, cfg.Now, cfg.Fill = model.NewLive(), time.Now, a.forThisStore("ticketcd seed")
	if store.fleet != nil {
		cfg.Machine = runner{store.fleet, a}
	}
	if files := filesHere(store); files != nil {
		cfg.Files = files
	}
	var following sync.WaitGroup
	following.Go(func() { store.Follow(ctx, cfg.Live) })
	following.Go(func() {
		crowd.Run(ctx, store, crowd.Config{
			Buyers: buyers, Live: cfg.Live, Rate: float64(shoppers) * shopperRate, CancelRatio: shopperCancels, Now: time.Now,
		})
	})
	defer following.Wait()
	defer cancel()

	if terminal, err := term.GetState(a.In.Fd()); err == nil && a.look.plain {
		// Somebody who is asked for a password and leaves wants to see again what they type.
		defer func() { _ = term.Restore(a.In.Fd(), terminal) }() //nolint:errcheck // the terminal is gone then
	}
	hosting := store.watchHost(cancel)
	session, program := a.program(ctx, cfg)
	defer context.AfterFunc(told, func() {
		leaveFromBehind()
		time.AfterFunc(lastOrder, cancel)
		program.Send(tui.Closing{Words: "it was interrupted"})
	})()
	defer onContinue(func() {
		switch {
		case told.Err() != nil:
		case a.look.plain:
			program.Send(tui.Continued{})
		default:
			takeBack(program)
		}
	})()
	_, err := program.Run()
	if hostErr := hosting(); hostErr != nil {
		return hostErr
	}
	if told.Err() != nil {
		return a.interrupted(session)
	}
	if err != nil {
		return model.Wrap(model.CodeFailed, err, "the shop ended with an error: %s", err)
	}
	return nil
}

// interrupted says what has become of what was under way, where the session could not do so itself any more.
func (a *app) interrupted(session *tui.Session) error {
	if doing := session.Unfinished(); doing != "" {
		return model.Wrap(model.CodeUnknown, context.Canceled,
			"interrupted while %s: it is not known yet whether that went through. Look before you do it again: "+
				"your orders show what you bought", doing)
	}
	if words := session.LastWords(); words != "" && !a.look.plain {
		a.notef("%s.", words)
	}
	return context.Canceled
}

// program is a session on this terminal: screens, or lines where those are wanted.
func (a *app) program(ctx context.Context, cfg tui.Config) (*tui.Session, *tea.Program) {
	if a.look.plain {
		plain := tui.NewPlain(ctx, cfg, a.lines(ctx))
		return plain.Session, tea.NewProgram(plain, tea.WithContext(ctx), tea.WithInput(nil),
			tea.WithOutput(io.Discard), tea.WithoutRenderer(), tea.WithoutSignalHandler())
	}
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(keyboard{a.In, tui.NewKeyReader(a.In)}), tea.WithOutput(a.Out), tea.WithFPS(maxFPS), tea.WithoutSignalHandler(),
	}
	// The library takes only NO_COLOR=1 and the like for a yes; https://no-color.org says any value that is not empty.
	if os.Getenv("NO_COLOR") != "" {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	session := tui.New(ctx, cfg)
	return session, tea.NewProgram(session, options...)
}

// keyboard is a terminal from which nothing comes that would end the program.
type keyboard struct {
	*os.File
	keys *tui.KeyReader
}

func (k keyboard) Read(p []byte) (int, error) { return k.keys.Read(p) }

// lines are this terminal, or what stands in its place, for a session that speaks line by line.
func (a *app) lines(ctx context.Context) tui.Lines {
	lines := tui.Lines{In: a.In, Out: spoken{a}}
	if term.IsTerminal(a.In.Fd()) {
		lines.Prompt = true
		lines.Secret = func() (string, error) { return a.readSecret(ctx) }
	}
	return lines
}

// spoken is standard output, which may be gone while standard input is not. What can no longer be said there is said on
// standard error: it may be how an order ended.
type spoken struct{ app *app }

func (s spoken) Write(text []byte) (int, error) {
	n, err := output(s).Write(text)
	if err != nil {
		s.app.promptf("%s", text)
	}
	return n, err
}

// watchHost calls stop if the local store, hosted by this process, can neither go on nor hand over: only the end of this
// process lets another one take over. The function that it returns ends the watch, and says what was the matter.
func (o *opened) watchHost(stop func()) func() error {
	if o.local == nil {
		return func() error { return nil }
	}
	over, ended := make(chan struct{}), make(chan struct{})
	var failed error
	go func() {
		defer close(ended)
		select {
		case <-o.local.Done():
			failed = o.local.Err()
			stop()
		case <-over:
		}
	}()
	return func() error {
		close(over)
		<-ended
		return failed
	}
}
