// Package doctor tests what this machine allows.
//
//	Features: veth, bridge, nat, …  ─▶ for each the smallest lab that needs it ─▶ Findings
//
// It does not rely on the kernel's version or configuration. For each [Feature] it builds
// and closes a topology of one or two nodes, with the same code that builds every lab. So
// a finding is what a run would encounter.
//
//	for _, f := range doctor.Examine(ctx, probe.Machine()) {
//		fmt.Println(f.Feature, f.State, f.Err)
//	}
//
// A [Probe] tries the features: package probe on this machine, whose own network is not
// touched. Tests use probes that lack some.
//
// Package explain describes what a finding means and how to fix it. The command itself
// checks whether the terminal can show the walk.
package doctor
