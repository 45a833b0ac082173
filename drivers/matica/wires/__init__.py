"""The two ways to a Matica / XID printer: Ethernet, and SCSI over USB."""
