package cli

import (
	"context"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/etcdstore"
	"github.com/ticketcd/ticketcd/model"
)

func (a *app) queryCommand() *cobra.Command {
	var file string
	var yes bool
	cmd := &cobra.Command{
		Use:   "query QUERY...",
		Short: "Ask the store in etcdctl's words, or run a file of such queries",
		Long: "Runs one raw query, in one word of the shell or in several:\n\n  " +
			strings.Join(model.QueryUsage(), "\n  ") + "\n\n" +
			"It prints what etcdctl prints, byte for byte; to a terminal, characters that a terminal would obey are replaced.\n" +
			"With -w json it prints one document, or an object per line where it watches. A txn alone is read from standard\n" +
			"input, as etcdctl does. Writes bypass the shop's rules: ticketcd audit finds what they have damaged. On a terminal\n" +
			"a write says what it would do and asks first, unless --yes says that it need not.\n\n" +
			"With --file it runs a JSON list of {\"description\", \"code\", \"output\"}: it prints each with what it gave, and says\n" +
			"whether that is what the file has as its output. Exits with 1 if something is different.",
		Example: "  ticketcd query get --prefix search:text: --limit 5 --keys-only\n" +
			"  ticketcd query get ticket:types -w json\n" +
			"  ticketcd query 'txn mod(\"ticket:types\") > \"0\" then get ticket:types else get --prefix ticket: --limit 5'\n" +
			"  ticketcd query endpoint health --cluster\n" +
			"  ticketcd query --file queries.json",
		// The flags of the queries are not ours, and ours may stand anywhere among them.
		DisableFlagParsing: true,
		ValidArgsFunction:  offerQuery,
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "run the queries in this `file`")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask before a write")
	var words []string
	cmd.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		ours, rest := sortFlags(cmd, args)
		words = rest
		if err := cmd.Flags().Parse(ours); err != nil {
			return wrongFlag(cmd, err)
		}
		return a.settle(cmd)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		switch help, err := cmd.Flags().GetBool("help"); {
		case err == nil && help:
			return cmd.Help()
		case file != "" && len(words) > 0:
			return model.Errorf(model.CodeUsage, "choose one of a query and --file")
		case file != "":
			return a.runScript(cmd.Context(), file)
		}
		q, err := a.parseQuery(cmd.Context(), words)
		if err != nil {
			return err
		}
		if q.Verb.OfMembers() {
			return a.askMembers(cmd.Context(), q)
		}
		return a.with(cmd.Context(), func(store *opened) error {
			if agreed, err := a.agreesToWrite(cmd.Context(), store, q, yes); err != nil || !agreed {
				return err
			}
			return a.query(cmd.Context(), q, store.Query)
		})
	}
	return cmd
}

// agreesToWrite asks before a query that writes, where somebody is there.
func (a *app) agreesToWrite(ctx context.Context, store *opened, q model.RawQuery, yes bool) (bool, error) {
	if yes || !q.Writes() || !a.canAsk() {
		return true, nil
	}
	effect, err := store.OperatorEffect(ctx, q)
	if err != nil {
		return false, err
	}
	a.notef("%s", effect)
	return a.agrees(ctx, yes, "Do this, past the shop's rules?")
}

// sortFlags tells the flags of the program, with their values, from the words of a query. After -- all is the query's.
func sortFlags(cmd *cobra.Command, args []string) (ours, words []string) {
	cmd.InheritedFlags() // makes the program's flags the command's
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return ours, append(words, args[i:]...)
		}
		flag, complete := findFlag(cmd.Flags(), args[i])
		if flag == nil {
			words = append(words, args[i])
			continue
		}
		ours = append(ours, args[i])
		if !complete && i+1 < len(args) {
			i++
			ours = append(ours, args[i])
		}
	}
	return ours, words
}

// findFlag returns the flag that an argument is, and whether its value is part of it; nil for one that is none of ours.
func findFlag(flags *pflag.FlagSet, arg string) (flag *pflag.Flag, complete bool) {
	name, _, given := strings.Cut(arg, "=")
	if long, ok := strings.CutPrefix(name, "--"); ok {
		flag = flags.Lookup(long)
	} else if len(name) > 1 && name[0] == '-' {
		flag, given = flags.ShorthandLookup(name[1:2]), len(arg) > 2
	}
	return flag, given || flag != nil && flag.NoOptDefVal != ""
}

// parseQuery reads the query, of which a transaction may come on standard input.
func (a *app) parseQuery(ctx context.Context, words []string) (model.RawQuery, error) {
	if len(words) == 1 && strings.TrimSpace(words[0]) == string(model.VerbTxn) && !term.IsTerminal(a.In.Fd()) {
		body, err := a.readDocument(ctx, stdio)
		if err != nil {
			return model.RawQuery{}, err
		}
		return model.ParseQuery(string(model.VerbTxn) + "\n" + string(body))
	}
	return model.ParseQueryWords(words)
}

// askMembers asks the members about themselves, in whatever state their cluster is.
func (a *app) askMembers(ctx context.Context, q model.RawQuery) error {
	return a.withAny(ctx, func(cfg etcdstore.Config) error {
		return a.query(ctx, q, func(ctx context.Context, q model.RawQuery, take func(model.Answer) error) error {
			return etcdstore.AskMembers(ctx, cfg, q, take)
		})
	})
}

// query runs one query and prints what it gives, as it comes.
func (a *app) query(
	ctx context.Context, q model.RawQuery, ask func(context.Context, model.RawQuery, func(model.Answer) error) error,
) error {
	cut := ""
	var all model.Answer
	err := ask(ctx, q, func(answer model.Answer) error {
		cut = answer.Cut
		switch {
		case !a.flags.json():
			a.printf("%s", a.clean(answer.Text()))
		case q.Verb == model.VerbWatch:
			for _, change := range answer.Changes {
				if err := a.printJSON(newChangeJSON(change)); err != nil {
					return err
				}
			}
		default:
			all = joined(all, answer)
		}
		return a.outErr
	})
	if a.flags.json() && q.Verb != model.VerbWatch && (err == nil || len(all.Rows) > 0) {
		if failed := a.printJSON(newAnswerJSON(all)); failed != nil {
			return failed
		}
	}
	if err == nil && cut != "" {
		return model.Errorf(model.CodeFailed, "%s", cut)
	}
	return err
}

// joined adds a page to those before it.
func joined(before, page model.Answer) model.Answer {
	if before.Query.Verb == "" {
		return page
	}
	before.Pairs = append(before.Pairs, page.Pairs...)
	before.More = page.More
	return before
}

// clean makes lines fit for where they are printed. A terminal would obey what others have stored: there, each is cleaned.
// A file or another program gets them as they are.
func (a *app) clean(text string) string {
	if !term.IsTerminal(a.Out.Fd()) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = model.Clean(lines[i])
	}
	return strings.Join(lines, "\n")
}
