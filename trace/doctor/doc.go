// Package doctor finds out what this machine allows, by trying.
//
//	Features: veth, bridge, nat, …  ─▶ for each the smallest lab that needs it ─▶ Findings
//
// What a distribution's kernel can do is not asked of its version or its
// configuration, but tried: each [Feature] has a topology of one or two nodes,
// which is built and taken down again by the same code that builds every lab. So
// a finding says what a run would meet.
//
//	for _, f := range doctor.Examine(ctx, doctor.Machine()) {
//		fmt.Println(f.Feature, f.State, f.Err)
//	}
//
// A [Probe] does the trying; tests have probes that lack this or that. Nothing of
// the machine's own network is touched.
//
// # Left out
//
// Whether a terminal can show the walk is for the command to find out. What a
// finding means, and what mends it, package explain says.
package doctor
