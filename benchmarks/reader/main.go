// Reads the bundles of a folder as Go's TLS clients do, and says how long one takes, in microseconds: NAME TIME, a line each.
package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"time"
)

// AppendCertsFromPEM of Go 1.19 parses each certificate, keeps the subject and SHA-224, and parses again when it is used.
func pool(data []byte) {
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		panic("no certificates")
	}
}

// The same work by hand: each certificate parsed and kept, with its SHA-256.
func parse(data []byte) {
	certificates := map[[32]byte]*x509.Certificate{}
	for {
		var block *pem.Block
		block, data = pem.Decode(data)
		if block == nil {
			break
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			panic(err)
		}
		certificates[sha256.Sum256(block.Bytes)] = certificate
	}
}

func measure(name string, read func([]byte), bundles [][]byte) {
	start := time.Now()
	read(bundles[0])
	fmt.Printf("%s-cold %d\n", name, time.Since(start).Microseconds())
	for begin := time.Now(); time.Since(begin) < 2*time.Second; {
		read(bundles[0])
	}
	var rounds []float64
	for round := 0; round < 15; round++ {
		count := 0
		begin := time.Now()
		for ; time.Since(begin) < time.Second; count++ {
			read(bundles[count%len(bundles)])
		}
		rounds = append(rounds, float64(time.Since(begin).Microseconds())/float64(count))
	}
	sort.Float64s(rounds)
	fmt.Printf("%s-warm %.1f\n", name, rounds[len(rounds)/2])
}

func main() {
	files, _ := filepath.Glob(filepath.Join(os.Args[1], "*"))
	sort.Strings(files)
	var bundles [][]byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		bundles = append(bundles, data)
	}
	measure("pool", pool, bundles)
	measure("parse", parse, bundles)
}
