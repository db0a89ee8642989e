package page

import (
	"crypto/sha256"
	"encoding/base64"
)

// policy is the document's Content Security Policy: nothing but its own scripts, if any, and style.
func policy(style string, scripts ...string) string {
	out := "default-src 'none'; "
	if len(scripts) > 0 {
		out += "script-src"
		for _, s := range scripts {
			out += " '" + digest(s) + "'"
		}
		out += "; "
	}
	return out + "style-src '" + digest(style) + "'; base-uri 'none'; form-action 'none'"
}

// digest returns the hash of a text as a source of the policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
