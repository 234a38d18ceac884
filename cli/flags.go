package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
)

// globalFlags choose the store and the form of the output. They are called as in etcdctl where they mean the same.
type globalFlags struct {
	endpoints []string
	dataDir   string
	caCert    string
	cert      string
	key       string
	user      string
	password  string
	writeOut  string
}

func (g *globalFlags) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&g.endpoints, "endpoints", nil, "etcd `endpoints` to use instead of the local store, comma separated")
	flags.StringVar(&g.dataDir, "data-dir", "", "the local store's `directory` (default: the user's data directory)")
	flags.StringVar(&g.caCert, "cacert", "", "`file` with the certificates that sign the servers' certificates")
	flags.StringVar(&g.cert, "cert", "", "`file` with the client's certificate")
	flags.StringVar(&g.key, "key", "", "`file` with the client's key")
	flags.StringVar(&g.user, "user", "", "etcd's own user, as `name[:password]`; asks for the password if it is left out")
	flags.StringVar(&g.password, "password", "", "etcd's own user's `password` (--user is then the name alone)")
	flags.StringVarP(&g.writeOut, "write-out", "w", "table", "`form` of the output: table or json")
}

// complete takes flags that were not given from the environment, and checks what was given.
func (g *globalFlags) complete(flags *pflag.FlagSet) error {
	if err := fromEnvironment(flags); err != nil {
		return err
	}
	switch {
	case g.writeOut != "table" && g.writeOut != "json":
		return model.Errorf(model.CodeUsage, "%q is no form of output: choose table or json", g.writeOut)
	case flags.Changed("endpoints") && (len(g.endpoints) == 0 || slices.Contains(g.endpoints, "")):
		return model.Errorf(model.CodeUsage, "--endpoints names no endpoint")
	case flags.Changed("data-dir") && g.dataDir == "":
		return model.Errorf(model.CodeUsage, "--data-dir names no directory")
	case flags.Changed("data-dir") && flags.Changed("endpoints"):
		return model.Errorf(model.CodeUsage, "choose one of --endpoints and --data-dir")
	case (g.cert == "") != (g.key == ""):
		return model.Errorf(model.CodeUsage, "--cert and --key go together: give both or neither")
	case len(g.endpoints) == 0 && (g.caCert != "" || g.cert != "" || g.user != ""):
		return model.Errorf(model.CodeUsage, "--cacert, --cert, --key and --user are for a cluster: give --endpoints too")
	}
	return nil
}

// fromEnvironment sets the flags that were not given to what the environment says. Empty variables say nothing.
func fromEnvironment(flags *pflag.FlagSet) error {
	var wrong error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "TICKETCD_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := os.Getenv(name)
		if f.Changed || value == "" || wrong != nil || f.Name == "help" || f.Name == "version" {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			wrong = model.Wrap(model.CodeUsage, err, "%s is not usable: %s", name, err)
		}
	})
	return wrong
}

func (g *globalFlags) json() bool { return g.writeOut == "json" }
