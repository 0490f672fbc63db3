package review

import "testing"

// TestTwice goes through the main flows with every use case losing its first try.
func TestTwice(t *testing.T) {
	t.Parallel()
	for name, flow := range map[string]func(*testing.T){
		"decide": TestDecideForWhom, "states": TestDecideInStates, "undo": TestUndo, "pass": TestUnsurePassesOn, "undo a pass": TestUndoLeavesWhoPassed,
		"sign": TestSignWithNothingLeft, "close": TestCloseSilence, "inbox": TestInbox, "remind": TestRemindOnce,
		"launch": TestLaunchAsAJob, "preview": TestNobodyIsLeft, "definitions": TestDefinitionsKeepTheirRevisions, "close again": TestCloseJobDiesAfterCommit,
	} {
		t.Run(name, flow)
	}
}
