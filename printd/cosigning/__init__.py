"""Asking the configured witnesses to cosign this log's checkpoints, beside the work: nothing ever waits for one."""
