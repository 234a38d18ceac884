package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	certificateLife = 10 * 365 * 24 * time.Hour
	certificateLeft = 30 * 24 * time.Hour // with less than this left, all are made anew at the next start

	memberSubject = "ticketcd member"
	clientSubject = "ticketcd client"
)

// certificates are the names of the files that let members and clients know each other. The authority's key is in none of
// them: it signs these two certificates and is forgotten, so that nobody can ever make a third one.
type certificates struct {
	authority         string
	member, memberKey string
	client, clientKey string
}

func certificatesIn(dir string) certificates {
	in := func(name string) string { return filepath.Join(dir, clusterName, tlsName, name) }
	return certificates{
		authority: in("ca.pem"),
		member:    in("member.pem"), memberKey: in("member-key.pem"),
		client: in("client.pem"), clientKey: in("client-key.pem"),
	}
}

// prepareCertificates makes the files if one is missing, unusable or about to expire, or if they are of a time that is yet to
// come: the clock was ahead when they were made. No member may be running.
func prepareCertificates(dir string, now time.Time) error {
	files := certificatesIn(dir)
	if files.usable(now) && files.usable(now.Add(certificateLeft)) {
		return nil
	}
	folder := filepath.Dir(files.authority)
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	return files.make(now)
}

// usable reports whether both certificates are in order and will be at that time.
func (c certificates) usable(at time.Time) bool {
	authority, err := os.ReadFile(c.authority)
	if err != nil {
		return false
	}
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	if !options.Roots.AppendCertsFromPEM(authority) {
		return false
	}
	for _, files := range [][2]string{{c.member, c.memberKey}, {c.client, c.clientKey}} {
		pair, err := tls.LoadX509KeyPair(files[0], files[1])
		if err != nil {
			return false
		}
		if _, err = pair.Leaf.Verify(options); err != nil {
			return false
		}
	}
	return true
}

// make writes all files anew.
func (c certificates) make(now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	authority := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "ticketcd cluster"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	if err != nil {
		return err
	}
	if authority, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	member := &x509.Certificate{
		Subject:     pkix.Name{CommonName: memberSubject},
		IPAddresses: []net.IP{net.ParseIP(loopback)}, DNSNames: []string{"localhost"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, // members call each other
	}
	client := &x509.Certificate{
		Subject:     pkix.Name{CommonName: clientSubject},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	return errors.Join(
		writePEM(c.authority, "CERTIFICATE", der),
		issue(member, authority, key, c.member, c.memberKey),
		issue(client, authority, key, c.client, c.clientKey),
	)
}

// issue signs a certificate for a new key, and writes both.
func issue(cert, authority *x509.Certificate, authorityKey *ecdsa.PrivateKey, certFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	cert.NotBefore, cert.NotAfter, cert.KeyUsage = authority.NotBefore, authority.NotAfter, x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, cert, authority, &key.PublicKey, authorityKey)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(writePEM(certFile, "CERTIFICATE", der), writePEM(keyFile, "PRIVATE KEY", private))
}

func writePEM(name, kind string, der []byte) error {
	return os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
