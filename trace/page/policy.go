package page

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// policy is the document's Content Security Policy: nothing but its own scripts and style.
func policy(style string, scripts ...string) string {
	var sources []string
	for _, s := range scripts {
		sources = append(sources, "'"+digest(s)+"'")
	}
	const form = "default-src 'none'; script-src %s; style-src '%s'; base-uri 'none'; form-action 'none'"
	return fmt.Sprintf(form, strings.Join(sources, " "), digest(style))
}

// digest returns the hash of a text as a source of the policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
