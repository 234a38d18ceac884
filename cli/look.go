package cli

import (
	"os"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/tui"
)

// The characters that a person can choose to have the shop drawn with.
const (
	charsAuto    = "auto"
	charsUnicode = "unicode"
	charsASCII   = "ascii"
)

// The flag for the mouse, and the one that takes it back.
const (
	mouseFlag   = "mouse"
	noMouseFlag = "no-mouse"
)

// look is how a person wants the shop to be.
type look struct {
	mouse  bool
	quiet  bool
	theme  string
	still  bool
	plain  bool
	chars  string
	keymap tui.Keymap // stands in the configuration file only
}

func (l *look) register(flags *pflag.FlagSet) {
	flags.BoolVar(&l.mouse, mouseFlag, true, "listen to the mouse")
	flags.BoolFunc(noMouseFlag, "leave the mouse to the terminal, as --mouse=false does", func(text string) error {
		not, err := strconv.ParseBool(text)
		if err != nil {
			return err
		}
		return flags.Set(mouseFlag, strconv.FormatBool(!not))
	})
	flags.BoolVar(&l.quiet, "quiet", false, "send no notifications to the terminal itself")
	flags.Var(oneOf(&l.theme, tui.Themes()...), "theme", "`colours`: auto (as the terminal's background is), dark or light")
	flags.BoolVar(&l.plain, "plain", false, "speak line by line and draw nothing: for screen readers, simple terminals and pipes")
	flags.Var(oneOf(&l.chars, charsAuto, charsUnicode, charsASCII), "characters",
		"`which` characters to draw with: auto (as the locale says), unicode or ascii")
	flags.BoolVar(&l.still, "reduced-motion", false, "nothing on the screen moves or goes by itself")
}

// dress makes a session look as the person wants.
func (l *look) dress(cfg tui.Config) tui.Config {
	cfg.Mouse, cfg.Quiet, cfg.Theme, cfg.Still, cfg.Keys = l.mouse, l.quiet, l.theme, l.still, l.keymap
	cfg.ASCII = l.ascii()
	return cfg
}

// ascii says whether nothing but ASCII is drawn. A command in which that cannot be chosen goes by the locale.
func (l *look) ascii() bool {
	return l.chars == charsASCII || l.chars != charsUnicode && tui.OnlyASCII(os.Getenv)
}
