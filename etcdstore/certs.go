package etcdstore

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"os"

	"github.com/ticketcd/ticketcd/model"
)

// longestCert bounds a file with certificates or a key, in bytes: somebody may name the wrong one, or one without end.
const longestCert = 1 << 20

// tlsConfig reads the certificate files. Without any it returns nil: then endpoints with https:// use the system's
// certificate authorities.
func (cfg Config) tlsConfig() (*tls.Config, error) {
	if cfg.CACert == "" && cfg.Cert == "" && cfg.Key == "" {
		return nil, nil
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if cfg.CACert != "" {
		pem, err := readCert(cfg.CACert, "--cacert")
		if err != nil {
			return nil, err
		}
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(pem) {
			return nil, model.Errorf(model.CodeUsage, "the file %s (--cacert) holds no certificate", model.Clean(cfg.CACert))
		}
	}
	if (cfg.Cert == "") != (cfg.Key == "") {
		return nil, model.Errorf(model.CodeUsage, "--cert and --key go together: one of them is missing")
	}
	if cfg.Cert != "" {
		pair, err := readPair(cfg.Cert, cfg.Key)
		if err != nil {
			return nil, err
		}
		out.Certificates = []tls.Certificate{pair}
	}
	return out, nil
}

func readPair(cert, key string) (tls.Certificate, error) {
	certPEM, err := readCert(cert, "--cert")
	if err != nil {
		return tls.Certificate{}, err
	}
	keyPEM, err := readCert(key, "--key")
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return tls.Certificate{}, model.Wrap(model.CodeUsage, err, "%s (--cert) and %s (--key) are not a certificate and its key",
			model.Clean(cert), model.Clean(key))
	}
	return pair, nil
}

// readCert reads a file that a flag names.
func readCert(name, flag string) (pem []byte, err error) {
	file, err := os.Open(name)
	if err == nil {
		defer file.Close() //nolint:errcheck // it was only read
		pem, err = io.ReadAll(io.LimitReader(file, longestCert+1))
	}
	switch {
	case err != nil:
		return nil, model.Wrap(model.CodeUsage, err, "the file %s (%s) cannot be read", model.Clean(name), flag)
	case len(pem) > longestCert:
		return nil, model.Errorf(model.CodeUsage, "the file %s (%s) is larger than 1 MiB: it is none with certificates or a key", model.Clean(name), flag)
	}
	return pem, nil
}
