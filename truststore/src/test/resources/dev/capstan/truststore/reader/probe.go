// Prints the SHA-256 of every certificate of a PEM file that Go's own roots of this machine verify.
package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"time"
)

func main() {
	rest, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			panic(err)
		}
		_, err = certificate.Verify(x509.VerifyOptions{
			CurrentTime: certificate.NotBefore.Add(time.Minute),
			KeyUsages:   []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
		})
		if err == nil {
			fmt.Printf("%x\n", sha256.Sum256(block.Bytes))
		}
	}
}
