package cli

import (
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
	config    string // where the configuration file is, if not where it usually is
}

func (g *globalFlags) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&g.endpoints, "endpoints", nil, "etcd `endpoints` to use instead of the local store, comma separated")
	flags.StringVar(&g.dataDir, "data-dir", "", "the local store's `directory` (default: the user's data directory)")
	flags.StringVar(&g.caCert, "cacert", "", "`file` with the certificates that sign the servers' certificates")
	flags.StringVar(&g.cert, "cert", "", "`file` with the client's certificate")
	flags.StringVar(&g.key, "key", "", "`file` with the client's key")
	flags.StringVar(&g.user, "user", "", "etcd's own user, as `name[:password]`; asks for the password if it is left out")
	flags.StringVar(&g.password, "password", "", "etcd's own user's `password` (--user is then the name alone)")
	flags.VarP(oneOf(&g.writeOut, "table", "json"), "write-out", "w", "`form` of the output: table or json")
	flags.StringVar(&g.config, configFlag, "", "`file` with the settings (default: ticketcd/config.toml in the user's configuration)")
}

// check says what is wrong with the flags together, and settles whether they mean a cluster or the local store.
func (g *globalFlags) check(s *settings) error {
	for i, endpoint := range g.endpoints {
		g.endpoints[i] = strings.TrimSpace(endpoint) // "a:2379, b:2379" is a list of two
	}
	cluster, local := s.strength("endpoints"), s.strength("data-dir")
	switch {
	case cluster == byFlag && (len(g.endpoints) == 0 || slices.Contains(g.endpoints, "")):
		return model.Errorf(model.CodeUsage, "--endpoints is empty: name one, such as 127.0.0.1:2379")
	case slices.ContainsFunc(g.endpoints, func(e string) bool { return strings.Contains(e, "@") }): // it may hold a password: do not show it
		return model.Errorf(model.CodeUsage, "%s: an endpoint names no user: give --user name, and the password when it is asked for",
			s.from("endpoints"))
	case local == byFlag && g.dataDir == "":
		return model.Errorf(model.CodeUsage, "--data-dir is empty: name a directory")
	case cluster == local && cluster == byFile:
		return model.Errorf(model.CodeUsage, "%s: choose one of endpoints and data-dir", s.from("data-dir"))
	case cluster == local && cluster != byDefault:
		return model.Errorf(model.CodeUsage, "choose one of --endpoints and --data-dir")
	case local > cluster:
		g.forgetCluster(s, local)
	case cluster > local:
		g.dataDir = ""
		delete(s.origins, "data-dir")
	}
	if strings.Contains(g.user, ":") && s.strength("password") < s.strength("user") { // which brings its own
		g.password = ""
		delete(s.origins, "password")
	}
	if (g.cert == "") != (g.key == "") {
		return model.Errorf(model.CodeUsage, "--cert and --key go together: give both or neither")
	}
	return g.checkCredentials(s)
}

// checkCredentials says what is wrong with what a cluster may want to see, once it is settled whether there is one.
func (g *globalFlags) checkCredentials(s *settings) error {
	isGiven := func(name string) bool { return s.strength(name) > byFile }
	switch {
	case len(g.endpoints) == 0 && slices.ContainsFunc(credentialFlags(), isGiven):
		return model.Errorf(model.CodeUsage, "--cacert, --cert, --key, --user and --password are for a cluster: give --endpoints too")
	case len(g.endpoints) == 0:
		g.forgetCluster(s, byEnvironment)
	case g.user == "" && isGiven("password"):
		return model.Errorf(model.CodeUsage, "%s is an etcd user's: name the user with --user", s.from("password"))
	}
	return nil
}

// credentialFlags are what a cluster may want to see.
func credentialFlags() []string { return []string{"cacert", "cert", "key", "user", "password"} }

// forgetCluster lets go of all about a cluster that was said more weakly than that a local store is wanted.
func (g *globalFlags) forgetCluster(s *settings, stronger strength) {
	for name, value := range map[string]*string{
		"cacert": &g.caCert, "cert": &g.cert, "key": &g.key, "user": &g.user, "password": &g.password,
	} {
		if s.strength(name) < stronger {
			*value = ""
			delete(s.origins, name)
		}
	}
	if s.strength("endpoints") < stronger {
		g.endpoints = nil
		delete(s.origins, "endpoints")
	}
}

func (g *globalFlags) json() bool { return g.writeOut == "json" }
